<?php
/**
 * Users and organizations over /api/integrations.
 *
 * @package InvoiceApp
 */

defined( 'ABSPATH' ) || exit;

/**
 * A refusal of the server, with its status and its answer.
 */
class InvoiceApp_Api_Exception extends Exception {
	/**
	 * The decoded answer.
	 *
	 * @var array
	 */
	public $data;

	/**
	 * Keep what the server said.
	 *
	 * @param string $message What went wrong.
	 * @param int    $status  The HTTP status; 0 when no answer came.
	 * @param array  $data    The decoded answer.
	 */
	public function __construct( $message, $status = 0, $data = array() ) {
		parent::__construct( $message, $status );
		$this->data = $data;
	}
}

/**
 * The client. Its name, options and first methods are those of the API's own guide.
 */
class InvoiceApiWordPressClient {
	const KEY     = 'invois_api_key';
	const ADDRESS = 'invois_api_base_url';

	/**
	 * Seconds to wait for an answer.
	 */
	const PATIENCE = 30;

	/**
	 * The API key, sent as X-Invois-Key.
	 *
	 * @var string
	 */
	private $key;

	/**
	 * The server's address without a slash at its end.
	 *
	 * @var string
	 */
	private $address;

	/**
	 * Read the settings, and tell whoever can mend it when there is no key.
	 */
	public function __construct() {
		$this->key     = (string) get_option( self::KEY, '' );
		$this->address = untrailingslashit( (string) get_option( self::ADDRESS, '' ) );
		if ( ! $this->isConfigured() ) {
			add_action( 'admin_notices', array( $this, 'showApiKeyNotice' ) );
		}
	}

	/**
	 * Whether address and key are there.
	 *
	 * @return bool
	 */
	public function isConfigured() {
		return '' !== $this->key && '' !== $this->address;
	}

	/**
	 * Call an endpoint and return its decoded answer.
	 *
	 * @param string     $method   GET, POST or PUT.
	 * @param string     $endpoint The path, beginning with /api/integrations.
	 * @param array|null $data     The body, if any.
	 * @return array
	 * @throws InvoiceApp_Api_Exception When the server refuses or cannot be reached.
	 */
	public function makeRequest( $method, $endpoint, $data = null ) {
		if ( ! $this->isConfigured() ) {
			throw new InvoiceApp_Api_Exception( __( 'The address or the API key is not set.', 'invoiceapp' ) );
		}
		$request = array(
			'method'      => $method,
			'timeout'     => self::PATIENCE,
			// A redirect would hand the key to another host.
			'redirection' => 0,
			'headers'     => array(
				'X-Invois-Key' => $this->key,
				'Content-Type' => 'application/json',
				'Accept'       => 'application/json',
			),
		);
		if ( null !== $data ) {
			$request['body'] = wp_json_encode( $data );
		}
		$answer = wp_remote_request( $this->address . $endpoint, $request );
		if ( is_wp_error( $answer ) ) {
			throw new InvoiceApp_Api_Exception( $answer->get_error_message() );
		}
		$status = (int) wp_remote_retrieve_response_code( $answer );
		$body   = json_decode( wp_remote_retrieve_body( $answer ), true );
		$body   = is_array( $body ) ? $body : array();
		if ( $status < 200 || $status >= 300 ) {
			throw new InvoiceApp_Api_Exception( self::sentence( $body, $status ), $status, $body );
		}
		return $body;
	}

	/**
	 * Try address and key out.
	 *
	 * @return array success (bool) and message (string).
	 */
	public function testConnection() {
		try {
			$users = $this->users( '', 1, 1 );
		} catch ( InvoiceApp_Api_Exception $error ) {
			return array(
				'success' => false,
				'message' => $error->getMessage(),
			);
		}
		$total = isset( $users['meta']['total'] ) ? (int) $users['meta']['total'] : 0;
		return array(
			'success' => true,
			/* translators: %d: how many users. */
			'message' => sprintf( __( 'The connection works: the key sees %d users.', 'invoiceapp' ), $total ),
		);
	}

	/**
	 * One page of the users that the key may see.
	 *
	 * @param string $query    A part of a name or address.
	 * @param int    $page     From 1.
	 * @param int    $per_page At most 100.
	 * @return array data and meta.
	 */
	public function users( $query = '', $page = 1, $per_page = 10 ) {
		return $this->makeRequest( 'GET', self::listed( 'users', $query, $page, $per_page ) );
	}

	/**
	 * One user.
	 *
	 * @param string $id The user's id.
	 * @return array
	 */
	public function user( $id ) {
		return $this->makeRequest( 'GET', self::one( 'users', $id ) );
	}

	/**
	 * A new user.
	 *
	 * @param array $fields name, email, and others of the guide.
	 * @return array
	 */
	public function createUser( $fields ) {
		return $this->makeRequest( 'POST', '/api/integrations/users', $fields );
	}

	/**
	 * Change some fields of a user.
	 *
	 * @param string $id     The user's id.
	 * @param array  $fields What is to change.
	 * @return array
	 */
	public function updateUser( $id, $fields ) {
		return $this->makeRequest( 'PUT', self::one( 'users', $id ), $fields );
	}

	/**
	 * Where a user belongs.
	 *
	 * @param string $id The user's id.
	 * @return array data and meta.
	 */
	public function userOrganizations( $id ) {
		return $this->makeRequest( 'GET', self::one( 'users', $id ) . '/organizations' );
	}

	/**
	 * One page of the organizations that the key may see.
	 *
	 * @param string $query    A part of a name.
	 * @param int    $page     From 1.
	 * @param int    $per_page At most 100.
	 * @return array data and meta.
	 */
	public function organizations( $query = '', $page = 1, $per_page = 10 ) {
		return $this->makeRequest( 'GET', self::listed( 'organizations', $query, $page, $per_page ) );
	}

	/**
	 * One organization.
	 *
	 * @param string $id The organization's id.
	 * @return array
	 */
	public function organization( $id ) {
		return $this->makeRequest( 'GET', self::one( 'organizations', $id ) );
	}

	/**
	 * Change name, slug or logo of an organization.
	 *
	 * @param string $id     The organization's id.
	 * @param array  $fields What is to change.
	 * @return array
	 */
	public function updateOrganization( $id, $fields ) {
		return $this->makeRequest( 'PUT', self::one( 'organizations', $id ), $fields );
	}

	/**
	 * A notice for those who may change the settings.
	 */
	public function showApiKeyNotice() {
		if ( current_user_can( 'manage_options' ) ) {
			printf(
				'<div class="notice notice-error"><p>%s</p></div>',
				esc_html__( 'InvoiceApp has no address or API key yet. Give them under Settings, InvoiceApp.', 'invoiceapp' )
			);
		}
	}

	/**
	 * The path of a page of a list.
	 *
	 * @param string $what     users or organizations.
	 * @param string $query    A part of a name.
	 * @param int    $page     From 1.
	 * @param int    $per_page At most 100.
	 * @return string
	 */
	private static function listed( $what, $query, $page, $per_page ) {
		$asked = array(
			'page'     => (int) $page,
			'per_page' => (int) $per_page,
		);
		if ( '' !== (string) $query ) {
			$asked['query'] = (string) $query;
		}
		return "/api/integrations/$what?" . http_build_query( $asked, '', '&', PHP_QUERY_RFC3986 );
	}

	/**
	 * The path of one thing.
	 *
	 * @param string $what users or organizations.
	 * @param string $id   Its id.
	 * @return string
	 */
	private static function one( $what, $id ) {
		return "/api/integrations/$what/" . rawurlencode( $id );
	}

	/**
	 * What the server says went wrong.
	 *
	 * @param array $body   The decoded answer.
	 * @param int   $status The HTTP status.
	 * @return string
	 */
	private static function sentence( $body, $status ) {
		foreach ( array( 'message', 'error' ) as $name ) {
			if ( isset( $body[ $name ] ) && is_string( $body[ $name ] ) && '' !== $body[ $name ] ) {
				return $body[ $name ];
			}
		}
		/* translators: %d: HTTP status. */
		return sprintf( __( 'The server answered %d.', 'invoiceapp' ), $status );
	}
}
