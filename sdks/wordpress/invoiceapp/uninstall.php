<?php
/**
 * Takes the settings away with the plugin. Notes and numbers on orders stay: they are records.
 *
 * @package InvoiceApp
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

foreach ( array( 'invois_api_key', 'invois_api_base_url', 'invoiceapp_shop_id', 'invoiceapp_shop_secret' ) as $invoiceapp_option ) {
	delete_option( $invoiceapp_option );
}
wp_unschedule_hook( 'invoiceapp_send_order' );
