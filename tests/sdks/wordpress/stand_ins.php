<?php
// Small stand-ins for what the plugin calls of WordPress and WooCommerce. HTTP is real.

define( 'ABSPATH', __DIR__ );

class Stopped extends Exception {}

class World {
	public static $options    = array();
	public static $hooks      = array();
	public static $events     = array();
	public static $transients = array();
	public static $orders     = array();
	public static $may        = true;
	public static $nonce      = true;
	public static $went_to    = '';
	public static $posts      = 0;
}

class WP_Error {
	private $message;
	public function __construct( $message ) { $this->message = $message; }
	public function get_error_message() { return $this->message; }
}

function get_option( $name, $default = false ) { return World::$options[ $name ] ?? $default; }
function update_option( $name, $value, $autoload = null ) { World::$options[ $name ] = $value; return true; }
function delete_option( $name ) { unset( World::$options[ $name ] ); return true; }
function add_action( $hook, $call, $priority = 10, $count = 1 ) { World::$hooks[ $hook ][] = array( $call, $count ); }
function do_action( $hook, ...$given ) {
	foreach ( World::$hooks[ $hook ] ?? array() as list( $call, $count ) ) {
		call_user_func_array( $call, array_slice( $given, 0, $count ) );
	}
}
function wp_schedule_single_event( $when, $hook, $args ) {
	World::$events[] = array( 'in' => $when - time(), 'hook' => $hook, 'args' => $args );
	return true;
}
function wp_unschedule_hook( $hook ) {
	World::$events = array_values( array_filter( World::$events, static fn( $e ) => $e['hook'] !== $hook ) );
}
function set_transient( $name, $value, $seconds ) { World::$transients[ $name ] = $value; }
function get_transient( $name ) { return World::$transients[ $name ] ?? false; }
function get_current_user_id() { return 1; }
function current_user_can( $what ) { return World::$may; }
function check_admin_referer( $action ) { if ( ! World::$nonce ) { throw new Stopped( 'nonce' ); } return 1; }
function wp_nonce_field( $action ) { echo '<input type="hidden" name="_wpnonce" value="n">'; }
function wp_die( $text, $title = '', $args = array() ) { throw new Stopped( 'died: ' . $text ); }
function wp_safe_redirect( $to ) { World::$went_to = $to; throw new Stopped( 'redirect' ); }
function admin_url( $path ) { return 'https://shop.test/wp-admin/' . $path; }
function home_url( $path ) { return 'https://shop.test' . $path; }
function add_query_arg( $args, $url ) { return $url . '?' . http_build_query( $args ); }
function add_options_page( ...$given ) { World::$hooks['page'] = $given; }
function submit_button( $text = 'Save' ) { echo '<button>' . esc_html( $text ) . '</button>'; }
function __( $text, $domain ) { return $text; }
function esc_html__( $text, $domain ) { return esc_html( $text ); }
function esc_html( $text ) { return htmlspecialchars( $text, ENT_QUOTES ); }
function esc_attr( $text ) { return htmlspecialchars( $text, ENT_QUOTES ); }
function esc_url( $url ) { return preg_match( '#^https?://#', $url ) ? htmlspecialchars( $url, ENT_QUOTES ) : ''; }
function esc_url_raw( $url, $schemes = array( 'http', 'https' ) ) {
	return in_array( parse_url( $url, PHP_URL_SCHEME ), $schemes, true ) ? $url : '';
}
function wp_parse_url( $url, $part ) { return parse_url( $url, $part ); }
function sanitize_text_field( $text ) { return trim( preg_replace( '/\s+/', ' ', strip_tags( $text ) ) ); }
function sanitize_key( $text ) { return preg_replace( '/[^a-z0-9_\-]/', '', strtolower( $text ) ); }
function wp_unslash( $text ) { return stripslashes( $text ); }
function untrailingslashit( $text ) { return rtrim( $text, '/' ); }
function wp_json_encode( $value ) { return json_encode( $value ); }
function is_wp_error( $value ) { return $value instanceof WP_Error; }
function wp_remote_post( $url, $args ) { return wp_remote_request( $url, array( 'method' => 'POST' ) + $args ); }
function wp_remote_request( $url, $args ) {
	++World::$posts;
	$headers = array();
	foreach ( $args['headers'] as $name => $value ) {
		$headers[] = "$name: $value";
	}
	$call = curl_init( $url );
	curl_setopt_array( $call, array(
		CURLOPT_CUSTOMREQUEST  => $args['method'],
		CURLOPT_RETURNTRANSFER => true,
		CURLOPT_TIMEOUT        => $args['timeout'],
		CURLOPT_HTTPHEADER     => $headers,
	) );
	if ( isset( $args['body'] ) ) {
		curl_setopt( $call, CURLOPT_POSTFIELDS, $args['body'] );
	}
	$body = curl_exec( $call );
	if ( false === $body ) {
		return new WP_Error( curl_error( $call ) );
	}
	return array( 'code' => curl_getinfo( $call, CURLINFO_RESPONSE_CODE ), 'body' => $body );
}
function wp_remote_retrieve_response_code( $answer ) { return $answer['code']; }
function wp_remote_retrieve_body( $answer ) { return $answer['body']; }

// --- WooCommerce ---------------------------------------------------------------------------

function wc_get_order( $id ) { return World::$orders[ $id ] ?? false; }
function wc_get_price_decimals() { return 2; }
function wc_format_decimal( $value, $places ) { return number_format( (float) $value, $places, '.', '' ); }

/** Answers get_…() with what it was made of. */
class Bag {
	protected $data;
	public function __construct( $data ) { $this->data = $data; }
	public function __call( $name, $given ) {
		$key = substr( $name, 4 );
		if ( 0 !== strpos( $name, 'get_' ) || ! array_key_exists( $key, $this->data ) ) {
			throw new LogicException( "no stand-in for $name" );
		}
		return $this->data[ $key ];
	}
	public function set( $key, $value ) { $this->data[ $key ] = $value; }
	public function get_meta( $key ) { return $this->data['meta'][ $key ] ?? ''; }
	public function get_items( $type ) { return $this->data['items'][ $type ] ?? array(); }
}

class FakeOrder extends Bag {
	public $notes = array();
	public $saved = 0;
	public function get_address( $kind ) { return $this->data[ $kind ]; }
	public function update_meta_data( $key, $value ) { $this->data['meta'][ $key ] = $value; }
	public function save() { ++$this->saved; }
	public function add_order_note( $text, $for_customer = 0 ) { $this->notes[] = array( $text, $for_customer ); }
}

class FakeDate {
	public function getTimestamp() { return 1736931600; }
}
