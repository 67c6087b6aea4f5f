<?php
/**
 * The settings page.
 *
 * @package InvoiceApp
 */

defined( 'ABSPATH' ) || exit;

/**
 * Address, key, shop and secret; for those who may manage options.
 */
class InvoiceApp_Settings {
	const PAGE = 'invoiceapp';
	const SAVE = 'invoiceapp_save';
	const TEST = 'invoiceapp_test';

	/**
	 * Add the page and take what it posts.
	 */
	public static function start() {
		add_action( 'admin_menu', array( __CLASS__, 'add' ) );
		add_action( 'admin_post_' . self::SAVE, array( __CLASS__, 'save' ) );
		add_action( 'admin_post_' . self::TEST, array( __CLASS__, 'test' ) );
	}

	/**
	 * An entry under Settings.
	 */
	public static function add() {
		add_options_page( 'InvoiceApp', 'InvoiceApp', 'manage_options', self::PAGE, array( __CLASS__, 'show' ) );
	}

	/**
	 * Keep what was typed. An empty secret leaves the one that is there.
	 */
	public static function save() {
		self::guard( self::SAVE );
		// The nonce was checked by guard().
		// phpcs:disable WordPress.Security.NonceVerification.Missing
		$typed   = self::posted( 'address' );
		$address = esc_url_raw( $typed, array( 'https', 'http' ) );
		$shop    = strtolower( self::posted( 'shop' ) );
		if ( ( '' === $address && '' !== $typed ) || ! self::is_safe( $address ) ) {
			self::leave( 'address' );
		}
		if ( '' !== $shop && 1 !== preg_match( '/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/', $shop ) ) {
			self::leave( 'shop' );
		}
		update_option( InvoiceApiWordPressClient::ADDRESS, untrailingslashit( $address ), false );
		update_option( InvoiceApp_Sender::SHOP, $shop, false );
		foreach ( array(
			'key'    => InvoiceApiWordPressClient::KEY,
			'secret' => InvoiceApp_Sender::SECRET,
		) as $field => $option ) {
			$typed = self::posted( $field );
			if ( '' !== $typed ) {
				update_option( $option, $typed, false );
			}
		}
		// phpcs:enable
		self::leave( 'saved' );
	}

	/**
	 * Try the connection out and show what it says.
	 */
	public static function test() {
		self::guard( self::TEST );
		$client = new InvoiceApiWordPressClient();
		$result = $client->testConnection();
		set_transient( self::TEST . get_current_user_id(), $result, 60 );
		self::leave( 'tested' );
	}

	/**
	 * The page.
	 */
	public static function show() {
		if ( ! current_user_can( 'manage_options' ) ) {
			return;
		}
		echo '<div class="wrap"><h1>' . esc_html__( 'InvoiceApp', 'invoiceapp' ) . '</h1>';
		self::message();
		echo '<form method="post" action="' . esc_url( admin_url( 'admin-post.php' ) ) . '">';
		wp_nonce_field( self::SAVE );
		echo '<input type="hidden" name="action" value="' . esc_attr( self::SAVE ) . '"><table class="form-table" role="presentation">';
		self::row( 'address', __( 'Address', 'invoiceapp' ), 'url', (string) get_option( InvoiceApiWordPressClient::ADDRESS, '' ), __( 'Where your InvoiceApp is, such as https://billing.example.com', 'invoiceapp' ) );
		self::row( 'key', __( 'API key', 'invoiceapp' ), 'password', '', self::kept( InvoiceApiWordPressClient::KEY, __( 'For users and organizations. Not needed to send orders.', 'invoiceapp' ) ) );
		self::row( 'shop', __( 'Shop id', 'invoiceapp' ), 'text', (string) get_option( InvoiceApp_Sender::SHOP, '' ), __( 'The last part of the receiving address, from Settings, Shops.', 'invoiceapp' ) );
		self::row( 'secret', __( 'Signing secret', 'invoiceapp' ), 'password', '', self::kept( InvoiceApp_Sender::SECRET, __( 'Shown once when you connect the shop.', 'invoiceapp' ) ) );
		echo '</table>';
		submit_button();
		echo '</form><form method="post" action="' . esc_url( admin_url( 'admin-post.php' ) ) . '">';
		wp_nonce_field( self::TEST );
		echo '<input type="hidden" name="action" value="' . esc_attr( self::TEST ) . '">';
		submit_button( __( 'Test the API key', 'invoiceapp' ), 'secondary' );
		echo '</form></div>';
	}

	/**
	 * Only for those who may, and only from our own form.
	 *
	 * @param string $action What is about to be done.
	 */
	private static function guard( $action ) {
		if ( ! current_user_can( 'manage_options' ) ) {
			wp_die( esc_html__( 'You may not change these settings.', 'invoiceapp' ), '', array( 'response' => 403 ) );
		}
		check_admin_referer( $action );
	}

	/**
	 * A field as it was typed, on one line.
	 *
	 * @param string $name The field.
	 * @return string
	 */
	private static function posted( $name ) {
		// phpcs:ignore WordPress.Security.NonceVerification.Missing
		$value = isset( $_POST[ $name ] ) && is_string( $_POST[ $name ] ) ? sanitize_text_field( wp_unslash( $_POST[ $name ] ) ) : '';
		return trim( $value );
	}

	/**
	 * Whether secrets may be sent there: encrypted, or without leaving this machine.
	 *
	 * @param string $address The server's address; empty switches the plugin off.
	 * @return bool
	 */
	private static function is_safe( $address ) {
		if ( '' === $address || 'https' === wp_parse_url( $address, PHP_URL_SCHEME ) ) {
			return true;
		}
		return in_array( wp_parse_url( $address, PHP_URL_HOST ), array( 'localhost', '127.0.0.1', '[::1]' ), true );
	}

	/**
	 * Back to the page with a word on what happened.
	 *
	 * @param string $word A word of message().
	 */
	private static function leave( $word ) {
		$page = add_query_arg(
			array(
				'page'       => self::PAGE,
				'invoiceapp' => $word,
			),
			admin_url( 'options-general.php' )
		);
		wp_safe_redirect( $page );
		exit;
	}

	/**
	 * What happened, if anything did.
	 */
	private static function message() {
		// Only one of our own words is looked for.
		// phpcs:ignore WordPress.Security.NonceVerification.Recommended
		$word  = isset( $_GET['invoiceapp'] ) && is_string( $_GET['invoiceapp'] ) ? sanitize_key( wp_unslash( $_GET['invoiceapp'] ) ) : '';
		$texts = array(
			'saved'   => __( 'Saved.', 'invoiceapp' ),
			'address' => __( 'The address must begin with https.', 'invoiceapp' ),
			'shop'    => __( 'The shop id is the last part of the receiving address.', 'invoiceapp' ),
		);
		$good  = 'saved' === $word;
		$text  = isset( $texts[ $word ] ) ? $texts[ $word ] : '';
		if ( 'tested' === $word ) {
			$result = get_transient( self::TEST . get_current_user_id() );
			$good   = is_array( $result ) && $result['success'];
			$text   = is_array( $result ) ? $result['message'] : '';
		}
		if ( '' !== $text ) {
			printf( '<div class="notice %s"><p>%s</p></div>', esc_attr( $good ? 'notice-success' : 'notice-error' ), esc_html( $text ) );
		}
	}

	/**
	 * One row of the form.
	 *
	 * @param string $name  The field.
	 * @param string $label What it is called.
	 * @param string $type  The kind of input.
	 * @param string $value What it holds.
	 * @param string $help  What it is for.
	 */
	private static function row( $name, $label, $type, $value, $help ) {
		printf(
			'<tr><th scope="row"><label for="invoiceapp-%1$s">%2$s</label></th><td><input class="regular-text" id="invoiceapp-%1$s" name="%1$s" type="%3$s" value="%4$s" autocomplete="off" aria-describedby="invoiceapp-%1$s-help"><p class="description" id="invoiceapp-%1$s-help">%5$s</p></td></tr>',
			esc_attr( $name ),
			esc_html( $label ),
			esc_attr( $type ),
			esc_attr( $value ),
			esc_html( $help )
		);
	}

	/**
	 * The help of a secret, which is never shown itself.
	 *
	 * @param string $option Where it is kept.
	 * @param string $help   What it is for.
	 * @return string
	 */
	private static function kept( $option, $help ) {
		return '' === (string) get_option( $option, '' ) ? $help : $help . ' ' . __( 'One is saved; leave this empty to keep it.', 'invoiceapp' );
	}
}
