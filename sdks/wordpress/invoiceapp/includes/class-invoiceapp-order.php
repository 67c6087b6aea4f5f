<?php
/**
 * An order in the shape of WooCommerce's own webhooks.
 *
 * @package InvoiceApp
 */

defined( 'ABSPATH' ) || exit;

/**
 * Reads an order through WooCommerce's objects.
 */
class InvoiceApp_Order {
	/**
	 * Enough decimals that net and tax of a line still add up to what the buyer saw.
	 */
	const PLACES = 6;

	/**
	 * The order resource, with the lines of its refunds beside their amounts.
	 *
	 * @param WC_Order $order The order.
	 * @return array
	 */
	public static function body( $order ) {
		$paid = $order->get_date_paid();
		return array(
			'id'                   => $order->get_id(),
			'number'               => (string) $order->get_order_number(),
			'status'               => $order->get_status(),
			'currency'             => $order->get_currency(),
			'prices_include_tax'   => (bool) $order->get_prices_include_tax(),
			'total'                => self::amount( $order->get_total() ),
			'total_tax'            => self::amount( $order->get_total_tax() ),
			'customer_id'          => (int) $order->get_customer_id(),
			'billing'              => $order->get_address( 'billing' ),
			'shipping'             => $order->get_address( 'shipping' ),
			'payment_method'       => $order->get_payment_method(),
			'payment_method_title' => $order->get_payment_method_title(),
			'transaction_id'       => (string) $order->get_transaction_id(),
			'date_paid_gmt'        => $paid ? gmdate( 'Y-m-d\TH:i:s', $paid->getTimestamp() ) : null,
			'line_items'           => array_map( array( __CLASS__, 'line' ), array_values( $order->get_items( 'line_item' ) ) ),
			'tax_lines'            => array_map( array( __CLASS__, 'tax' ), array_values( $order->get_items( 'tax' ) ) ),
			'shipping_lines'       => array_map( array( __CLASS__, 'extra' ), array_values( $order->get_items( 'shipping' ) ) ),
			'fee_lines'            => array_map( array( __CLASS__, 'extra' ), array_values( $order->get_items( 'fee' ) ) ),
			'refunds'              => array_map( array( __CLASS__, 'refund' ), array_values( $order->get_refunds() ) ),
		);
	}

	/**
	 * A product line.
	 *
	 * @param WC_Order_Item_Product $item The item.
	 * @return array
	 */
	private static function line( $item ) {
		$product = $item->get_product();
		return array(
			'id'           => $item->get_id(),
			'name'         => $item->get_name(),
			'quantity'     => $item->get_quantity(),
			'subtotal'     => self::precise( $item->get_subtotal() ),
			'subtotal_tax' => self::precise( $item->get_subtotal_tax() ),
			'total'        => self::precise( $item->get_total() ),
			'total_tax'    => self::precise( $item->get_total_tax() ),
			'taxes'        => self::taxes( $item ),
			'sku'          => $product ? (string) $product->get_sku() : '',
		);
	}

	/**
	 * Shipping or a fee.
	 *
	 * @param WC_Order_Item $item The item.
	 * @return array
	 */
	private static function extra( $item ) {
		return array(
			'id'        => $item->get_id(),
			'name'      => $item->get_name(),
			'total'     => self::precise( $item->get_total() ),
			'total_tax' => self::precise( $item->get_total_tax() ),
			'taxes'     => self::taxes( $item ),
		);
	}

	/**
	 * A tax rate of the order.
	 *
	 * @param WC_Order_Item_Tax $item The item.
	 * @return array
	 */
	private static function tax( $item ) {
		return array(
			'rate_id'      => $item->get_rate_id(),
			'label'        => $item->get_label(),
			'rate_percent' => (string) $item->get_rate_percent(),
		);
	}

	/**
	 * A refund with its amount and lines.
	 *
	 * @param WC_Order_Refund $refund The refund.
	 * @return array
	 */
	private static function refund( $refund ) {
		$lines = array();
		foreach ( $refund->get_items( 'line_item' ) as $item ) {
			$lines[] = array(
				'refunded_item_id' => (int) $item->get_meta( '_refunded_item_id' ),
				'quantity'         => $item->get_quantity(),
			);
		}
		return array(
			'id'         => $refund->get_id(),
			'reason'     => (string) $refund->get_reason(),
			'total'      => self::amount( $refund->get_amount() ),
			'line_items' => $lines,
		);
	}

	/**
	 * The taxes of an item by rate.
	 *
	 * @param WC_Order_Item $item The item.
	 * @return array
	 */
	private static function taxes( $item ) {
		$taxes = $item->get_taxes();
		$found = array();
		foreach ( isset( $taxes['total'] ) ? $taxes['total'] : array() as $rate => $total ) {
			if ( '' !== (string) $total ) {
				$found[] = array(
					'id'    => $rate,
					'total' => self::precise( $total ),
				);
			}
		}
		return $found;
	}

	/**
	 * An amount that people pay.
	 *
	 * @param mixed $value A number or its digits.
	 * @return string
	 */
	private static function amount( $value ) {
		return wc_format_decimal( $value, wc_get_price_decimals() );
	}

	/**
	 * An amount on the way to one.
	 *
	 * @param mixed $value A number or its digits.
	 * @return string
	 */
	private static function precise( $value ) {
		return wc_format_decimal( $value, self::PLACES );
	}
}
