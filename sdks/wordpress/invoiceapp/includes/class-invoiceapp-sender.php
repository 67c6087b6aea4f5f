<?php
/**
 * Sending orders, again and again until they arrive.
 *
 * @package InvoiceApp
 */

defined( 'ABSPATH' ) || exit;

/**
 * Posts orders as WooCommerce's own webhooks do, and writes the invoice beside the order.
 */
class InvoiceApp_Sender {
	const SHOP     = 'invoiceapp_shop_id';
	const SECRET   = 'invoiceapp_shop_secret';
	const EVENT    = 'invoiceapp_send_order';
	const NUMBER   = '_invoiceapp_invoice_number';
	const LINK     = '_invoiceapp_invoice_url';
	const REMARK   = '_invoiceapp_remark';
	const PATIENCE = 20;

	/**
	 * One minute, two, four … the last pause is four hours, and a day passes in all.
	 */
	const FIRST_PAUSE   = 60;
	const LONGEST_PAUSE = 14400;
	const MOST_ATTEMPTS = 14;

	/**
	 * Listen to what happens to orders.
	 */
	public static function start() {
		add_action( 'woocommerce_order_status_changed', array( __CLASS__, 'queue' ), 10, 1 );
		add_action( 'woocommerce_order_refunded', array( __CLASS__, 'queue' ), 10, 1 );
		add_action( self::EVENT, array( __CLASS__, 'send' ), 10, 2 );
	}

	/**
	 * Send the order soon, and not while a buyer waits for the page.
	 *
	 * @param int $order_id The order.
	 */
	public static function queue( $order_id ) {
		if ( '' !== self::target() ) {
			wp_schedule_single_event( time(), self::EVENT, array( (int) $order_id, 1 ) );
		}
	}

	/**
	 * Send the order as it is now.
	 *
	 * @param int $order_id The order.
	 * @param int $attempt  Which try this is, from 1.
	 */
	public static function send( $order_id, $attempt = 1 ) {
		$order  = wc_get_order( $order_id );
		$target = self::target();
		if ( ! $order || '' === $target ) {
			return;
		}
		$body   = wp_json_encode( InvoiceApp_Order::body( $order ) );
		$answer = wp_remote_post(
			$target,
			array(
				'timeout'     => self::PATIENCE,
				'redirection' => 0,
				'body'        => $body,
				'headers'     => self::headers( $order_id, $body ),
			)
		);
		if ( is_wp_error( $answer ) ) {
			self::again( $order, $attempt, $answer->get_error_message() );
			return;
		}
		$status = (int) wp_remote_retrieve_response_code( $answer );
		$said   = json_decode( wp_remote_retrieve_body( $answer ), true );
		$said   = is_array( $said ) ? $said : array();
		if ( 200 === $status ) {
			self::note( $order, $attempt, $said );
		} elseif ( 408 === $status || 429 === $status || $status >= 500 || $status < 200 ) {
			/* translators: %d: HTTP status. */
			self::again( $order, $attempt, sprintf( __( 'the server answered %d', 'invoiceapp' ), $status ) );
		} else {
			$reason = isset( $said['error'] ) && is_string( $said['error'] ) ? $said['error'] : (string) $status;
			/* translators: %s: why. */
			self::remark( $order, sprintf( __( 'InvoiceApp did not take this order: %s', 'invoiceapp' ), $reason ) );
		}
	}

	/**
	 * The headers of WooCommerce's own deliveries. The id is made of the content, so that
	 * one that was sent twice is known for the same.
	 *
	 * @param int    $order_id The order.
	 * @param string $body     The exact bytes that are sent.
	 * @return array
	 */
	private static function headers( $order_id, $body ) {
		$secret = (string) get_option( self::SECRET, '' );
		// What the header carries is binary; base64 is how WooCommerce spells it.
		// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode
		$signature = base64_encode( hash_hmac( 'sha256', $body, $secret, true ) );
		return array(
			'Content-Type'             => 'application/json',
			'X-WC-Webhook-Source'      => home_url( '/' ),
			'X-WC-Webhook-Topic'       => 'order.updated',
			'X-WC-Webhook-Resource'    => 'order',
			'X-WC-Webhook-Event'       => 'updated',
			'X-WC-Webhook-Signature'   => $signature,
			'X-WC-Webhook-Delivery-ID' => 'plugin-' . (int) $order_id . '-' . substr( hash( 'sha256', $body ), 0, 32 ),
		);
	}

	/**
	 * Write down what became of the order.
	 *
	 * @param WC_Order $order   The order.
	 * @param int      $attempt Which try this was.
	 * @param array    $said    The decoded answer.
	 */
	private static function note( $order, $attempt, $said ) {
		$state  = isset( $said['status'] ) ? (string) $said['status'] : '';
		$reason = isset( $said['reason'] ) ? (string) $said['reason'] : '';
		if ( 'received' === $state || 'waiting' === $state ) {
			self::again( $order, $attempt, '' !== $reason ? $reason : __( 'it is still being booked', 'invoiceapp' ) );
			return;
		}
		if ( 'refused' === $state ) {
			/* translators: %s: why. */
			self::remark( $order, sprintf( __( 'InvoiceApp could not book this order: %s', 'invoiceapp' ), $reason ) );
			return;
		}
		$number = isset( $said['invoice']['number'] ) ? (string) $said['invoice']['number'] : '';
		$link   = isset( $said['invoice']['url'] ) ? (string) $said['invoice']['url'] : '';
		if ( '' === $number || $order->get_meta( self::NUMBER ) === $number ) {
			return;
		}
		$order->update_meta_data( self::NUMBER, sanitize_text_field( $number ) );
		$order->update_meta_data( self::LINK, esc_url_raw( $link ) );
		$order->save();
		// For staff only: the link opens the invoice to whoever holds it.
		$order->add_order_note(
			sprintf(
				/* translators: %s: a link with the invoice's number. */
				__( 'Invoice %s', 'invoiceapp' ),
				sprintf( '<a href="%s">%s</a>', esc_url( $link ), esc_html( $number ) )
			)
		);
	}

	/**
	 * Try once more, each time after twice the pause.
	 *
	 * @param WC_Order $order   The order.
	 * @param int      $attempt Which try this was.
	 * @param string   $reason  Why it did not work.
	 */
	private static function again( $order, $attempt, $reason ) {
		if ( $attempt >= self::MOST_ATTEMPTS ) {
			/* translators: %s: why. */
			self::remark( $order, sprintf( __( 'The order did not reach InvoiceApp: %s. Change its status to send it again.', 'invoiceapp' ), $reason ) );
			return;
		}
		$pause = min( self::FIRST_PAUSE * pow( 2, $attempt - 1 ), self::LONGEST_PAUSE );
		wp_schedule_single_event( time() + (int) $pause, self::EVENT, array( $order->get_id(), $attempt + 1 ) );
	}

	/**
	 * A note that is written once, not for every try.
	 *
	 * @param WC_Order $order The order.
	 * @param string   $text  What staff should know.
	 */
	private static function remark( $order, $text ) {
		if ( $order->get_meta( self::REMARK ) === $text ) {
			return;
		}
		$order->update_meta_data( self::REMARK, $text );
		$order->save();
		$order->add_order_note( esc_html( $text ) );
	}

	/**
	 * Where orders go, or empty while something is missing.
	 *
	 * @return string
	 */
	private static function target() {
		$address = untrailingslashit( (string) get_option( InvoiceApiWordPressClient::ADDRESS, '' ) );
		$shop    = (string) get_option( self::SHOP, '' );
		$secret  = (string) get_option( self::SECRET, '' );
		if ( '' === $address || '' === $shop || '' === $secret ) {
			return '';
		}
		return $address . '/hooks/shops/' . rawurlencode( $shop );
	}
}
