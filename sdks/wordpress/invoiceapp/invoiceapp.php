<?php
/**
 * Plugin Name:          InvoiceApp
 * Description:          Sends WooCommerce orders to your InvoiceApp and writes each invoice beside its order; reads users and organizations.
 * Version:              0.1.0
 * Requires at least:    6.0
 * Requires PHP:         7.4
 * WC requires at least: 7.1
 * Author:               The InvoiceApp maintainers
 * License:              GPL-2.0-or-later
 * License URI:          https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:          invoiceapp
 *
 * @package InvoiceApp
 */

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/includes/class-invoiceapiwordpressclient.php';
require_once __DIR__ . '/includes/class-invoiceapp-order.php';
require_once __DIR__ . '/includes/class-invoiceapp-sender.php';
require_once __DIR__ . '/includes/class-invoiceapp-settings.php';

add_action( 'plugins_loaded', array( 'InvoiceApp_Sender', 'start' ) );
add_action( 'plugins_loaded', array( 'InvoiceApp_Settings', 'start' ) );

// Orders in tables of their own are read and written through WooCommerce's objects only.
add_action(
	'before_woocommerce_init',
	static function () {
		if ( class_exists( '\Automattic\WooCommerce\Utilities\FeaturesUtil' ) ) {
			\Automattic\WooCommerce\Utilities\FeaturesUtil::declare_compatibility( 'custom_order_tables', __FILE__, true );
		}
	}
);
