<?php
// Runs one scene with the plugin against the server of BASE_URL and prints what it saw.

require __DIR__ . '/stand_ins.php';
World::$options = array(
	'invois_api_base_url'    => getenv( 'BASE_URL' ) . '/',
	'invois_api_key'         => getenv( 'API_KEY' ),
	'invoiceapp_shop_id'     => getenv( 'SHOP_ID' ),
	'invoiceapp_shop_secret' => getenv( 'SHOP_SECRET' ),
);
require getenv( 'PLUGIN' ) . '/invoiceapp.php';
do_action( 'plugins_loaded' );

function taxed( $data, $total, $tax ) {
	return new Bag( $data + array(
		'subtotal'     => $total,
		'subtotal_tax' => $tax,
		'total'        => $total,
		'total_tax'    => $tax,
		'taxes'        => array( 'total' => array( 3 => $tax ), 'subtotal' => array( 3 => $tax ) ),
	) );
}

function order( $changes = array() ) {
	$address = array(
		'first_name' => 'Grace', 'last_name' => 'Murray', 'company' => '', 'address_1' => 'Hafenstr. 3',
		'address_2' => '', 'city' => 'Kiel', 'state' => '', 'postcode' => '24103', 'country' => 'DE',
		'email' => 'grace@buyer.test', 'phone' => '',
	);
	return World::$orders[727] = new FakeOrder( $changes + array(
		'id' => 727, 'order_number' => '727', 'status' => 'processing', 'currency' => 'EUR',
		'prices_include_tax' => true, 'total' => '353.90', 'total_tax' => '56.51', 'customer_id' => 4,
		'billing' => $address, 'shipping' => $address, 'payment_method' => 'stripe',
		'payment_method_title' => 'Card', 'transaction_id' => 'ch_1', 'date_paid' => new FakeDate(),
		'meta' => array(), 'refunds' => array(),
		'items' => array(
			'line_item' => array( 7 => taxed( array( 'id' => 315, 'name' => 'Teapot', 'quantity' => 1, 'product' => new Bag( array( 'sku' => 'TEA' ) ) ), 340 / 1.19, 340 - 340 / 1.19 ) ),
			'shipping'  => array( 8 => taxed( array( 'id' => 317, 'name' => 'DHL' ), 13.9 / 1.19, 13.9 - 13.9 / 1.19 ) ),
			'tax'       => array( 9 => new Bag( array( 'rate_id' => 3, 'label' => 'USt', 'rate_percent' => 19.0 ) ) ),
		),
	) );
}

/** Do what WP-Cron does, once, with the events that are planned now. */
function cron() {
	$due           = World::$events;
	World::$events = array();
	foreach ( $due as $event ) {
		do_action( $event['hook'], ...$event['args'] );
	}
}

function stopped( $call ) {
	ob_start();
	try {
		$call();
		return ob_get_clean();
	} catch ( Stopped $why ) {
		ob_end_clean();
		return $why->getMessage();
	}
}

function seen( $order ) {
	return array( 'notes' => $order->notes, 'events' => World::$events, 'meta' => $order->get_meta( '_invoiceapp_invoice_number' ), 'posts' => World::$posts );
}

$scenes = array(
	'order'     => function () {
		$order = order();
		do_action( 'woocommerce_order_status_changed', 727, 'pending', 'processing', $order );
		$planned = World::$events;
		$early   = World::$posts;
		cron();
		do_action( 'woocommerce_order_status_changed', 727, 'processing', 'completed', $order );
		$order->set( 'status', 'completed' );
		cron();
		$item   = new Bag( array( 'quantity' => -1, 'meta' => array( '_refunded_item_id' => '315' ) ) );
		$refund = new Bag( array( 'id' => 800, 'reason' => 'Broken lid', 'amount' => '340.00', 'items' => array( 'line_item' => array( $item ) ) ) );
		$order->set( 'refunds', array( $refund ) );
		do_action( 'woocommerce_order_refunded', 727, 800 );
		cron();
		return seen( $order ) + array( 'planned' => $planned, 'early' => $early );
	},
	'once'      => function () {
		$order = order();
		do_action( 'woocommerce_order_status_changed', 727, 'pending', 'processing', $order );
		cron();
		return seen( $order );
	},
	'mismatch'  => function () {
		$order = order( array( 'total' => '353.91' ) );
		InvoiceApp_Sender::send( 727 );
		InvoiceApp_Sender::send( 727 );
		return seen( $order );
	},
	'patience'  => function () {
		$order  = order();
		$pauses = array();
		InvoiceApp_Sender::send( 727, 1 );
		while ( World::$events && count( $pauses ) < 50 ) {
			$pauses[] = World::$events[0]['in'];
			cron();
		}
		return seen( $order ) + array( 'pauses' => $pauses );
	},
	'unset'     => function () {
		World::$options['invoiceapp_shop_secret'] = '';
		$order                                    = order();
		do_action( 'woocommerce_order_status_changed', 727, 'pending', 'processing', $order );
		InvoiceApp_Sender::send( 727 );
		return seen( $order );
	},
	'directory' => function () {
		$client = new InvoiceApiWordPressClient();
		$made   = $client->createUser( array( 'name' => 'Jane Doe', 'email' => 'jane@example.com', 'role' => 'customer' ) );
		$client->updateUser( $made['id'], array( 'name' => 'Jane Smith' ) );
		$places = $client->organizations();
		$place  = $client->updateOrganization( $places['data'][0]['id'], array( 'name' => 'Acme Ltd' ) );
		$error  = array();
		try {
			$client->user( 'no such/user' );
		} catch ( InvoiceApp_Api_Exception $refusal ) {
			$error = array( $refusal->getCode(), $refusal->getMessage() );
		}
		return array(
			'test'   => $client->testConnection(),
			'found'  => $client->users( 'jane s', 1, 5 )['data'][0]['name'],
			'user'   => $client->user( $made['id'] )['email'],
			'where'  => $client->userOrganizations( $made['id'] )['meta']['total'],
			'place'  => array( $place['name'], $client->organization( $place['id'] )['name'] ),
			'error'  => $error,
		);
	},
	'wrong key' => function () {
		World::$options['invois_api_key'] = 'not-a-key-at-all';
		return ( new InvoiceApiWordPressClient() )->testConnection();
	},
	'settings'  => function () {
		do_action( 'admin_menu' );
		$page           = World::$hooks['page'];
		$saw            = array( 'capability' => $page[2], 'page' => stopped( $page[4] ) );
		$save           = static fn() => do_action( 'admin_post_invoiceapp_save' );
		$_POST          = array( 'address' => 'https://billing.test/', 'key' => 'new-key-0123', 'shop' => '', 'secret' => '' );
		World::$may     = false;
		$saw['denied']  = stopped( $save );
		$saw['hidden']  = stopped( $page[4] );
		World::$may     = true;
		World::$nonce   = false;
		$saw['forged']  = stopped( $save );
		World::$nonce   = true;
		$saw['kept']    = World::$options;
		foreach ( array( 'http://billing.test', 'javascript:alert(1)' ) as $bad ) {
			$_POST['address'] = $bad;
			stopped( $save );
			$saw['bad'][] = World::$went_to;
		}
		$_POST['address'] = 'https://billing.test/';
		$_POST['shop']    = '"><script>';
		stopped( $save );
		$saw['bad shop'] = World::$went_to;
		$_POST['shop']   = '0195A3C0-0000-7000-8000-000000000000';
		$saw['saved']    = stopped( $save );
		$saw['options']  = World::$options;
		World::$options['invois_api_base_url'] = '"><script>alert(1)</script>';
		$_GET['invoiceapp']                    = '<script>';
		$saw['escaped']                        = stopped( $page[4] );
		return $saw;
	},
	'test'      => function () {
		$said               = stopped( static fn() => do_action( 'admin_post_invoiceapp_test' ) );
		$_GET['invoiceapp'] = 'tested';
		return array( 'said' => $said, 'page' => stopped( array( 'InvoiceApp_Settings', 'show' ) ) );
	},
	'uninstall' => function () {
		order();
		InvoiceApp_Sender::queue( 727 );
		World::$options['blogname'] = 'Shop';
		define( 'WP_UNINSTALL_PLUGIN', 'invoiceapp/invoiceapp.php' );
		require getenv( 'PLUGIN' ) . '/uninstall.php';
		return array( 'options' => World::$options, 'events' => World::$events );
	},
);
error_reporting( E_ALL );
set_error_handler( static function ( $level, $text, $file, $line ) { throw new ErrorException( $text, 0, $level, $file, $line ); } );
echo 'RESULT ' . json_encode( $scenes[ $argv[1] ](), JSON_THROW_ON_ERROR ), "\n";
