<?php
class InvoiceApiClient {
    private $baseUrl;
    private $apiKey;
    private $timeout;
    private $rateLimitInfo = [];
    public function __construct($baseUrl, $apiKey, $timeout = 30) {
        $this->baseUrl = rtrim($baseUrl, '/');
        $this->apiKey = $apiKey;
        $this->timeout = $timeout;
    }
    private function request($method, $endpoint, $data = null) {
        $url = $this->baseUrl . $endpoint;
        
        $headers = [
            'X-Invois-Key: ' . $this->apiKey,
            'Content-Type: application/json'
        ];
        $ch = curl_init();
        curl_setopt_array($ch, [
            CURLOPT_URL => $url,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => $this->timeout,
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_HEADERFUNCTION => [$this, 'handleHeaderLine']
        ]);
        if ($data) {
            curl_setopt($ch, CURLOPT_POSTFIELDS, json_encode($data));
        }
        $response = curl_exec($ch);
        $httpCode = curl_getinfo($ch, CURLINFO_HTTP_CODE);
        $error = curl_error($ch);
        curl_close($ch);
        if ($error) {
            throw new Exception("cURL error: $error");
        }
        $responseData = json_decode($response, true);
        if ($httpCode >= 400) {
            if ($httpCode === 429) {
                $retryAfter = $responseData['details']['retry_after'] ?? 60;
                error_log("Rate limited. Waiting {$retryAfter} seconds...");
                sleep($retryAfter);
                return $this->request($method, $endpoint, $data);
            }
            
            throw new ApiException($httpCode, $responseData);
        }
        return $responseData;
    }
    private function handleHeaderLine($ch, $headerLine) {
        if (strpos($headerLine, 'X-RateLimit-') === 0) {
            $parts = explode(':', $headerLine, 2);
            if (count($parts) === 2) {
                $key = trim($parts[0]);
                $value = trim($parts[1]);
                $this->rateLimitInfo[$key] = $value;
            }
        }
        return strlen($headerLine);
    }
    // User Management
    public function getUsers($query = null, $page = 1, $perPage = 10) {
        $params = ['page' => $page, 'per_page' => $perPage];
        if ($query) {
            $params['query'] = $query;
        }
        
        $queryString = http_build_query($params);
        return $this->request('GET', "/api/integrations/users?$queryString");
    }
    public function getUser($userId) {
        return $this->request('GET', "/api/integrations/users/$userId");
    }
    public function createUser($userData) {
        return $this->request('POST', '/api/integrations/users', $userData);
    }
    public function updateUser($userId, $userData) {
        return $this->request('PUT', "/api/integrations/users/$userId", $userData);
    }
    public function getUserOrganizations($userId) {
        return $this->request('GET', "/api/integrations/users/$userId/organizations");
    }
    // Organization Management
    public function getOrganizations($query = null, $page = 1, $perPage = 10) {
        $params = ['page' => $page, 'per_page' => $perPage];
        if ($query) {
            $params['query'] = $query;
        }
        
        $queryString = http_build_query($params);
        return $this->request('GET', "/api/integrations/organizations?$queryString");
    }
    public function getOrganization($orgId) {
        return $this->request('GET', "/api/integrations/organizations/$orgId");
    }
    public function updateOrganization($orgId, $orgData) {
        return $this->request('PUT', "/api/integrations/organizations/$orgId", $orgData);
    }
    // Utility methods
    public function getRateLimitInfo() {
        return $this->rateLimitInfo;
    }
    public function isRateLimited() {
        $remaining = $this->rateLimitInfo['X-RateLimit-Remaining'] ?? null;
        return $remaining !== null && (int)$remaining <= 0;
    }
}
class ApiException extends Exception {
    public $statusCode;
    public $errorData;
    public function __construct($statusCode, $errorData) {
        $this->statusCode = $statusCode;
        $this->errorData = $errorData;
        parent::__construct($errorData['message'] ?? 'API request failed');
    }
}
