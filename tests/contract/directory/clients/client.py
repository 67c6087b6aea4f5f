import requests
import time
from typing import Dict, List, Optional, Any
from dataclasses import dataclass
from datetime import datetime
@dataclass
class RateLimitInfo:
    limit: Optional[int] = None
    remaining: Optional[int] = None
    reset: Optional[datetime] = None
class ApiError(Exception):
    def __init__(self, status_code: int, error_data: Dict[str, Any]):
        self.status_code = status_code
        self.error_data = error_data
        super().__init__(error_data.get('message', 'API request failed'))
class InvoiceApiClient:
    def __init__(self, base_url: str, api_key: str, timeout: int = 30):
        self.base_url = base_url.rstrip('/')
        self.api_key = api_key
        self.timeout = timeout
        self.rate_limit_info = RateLimitInfo()
        self.session = requests.Session()
        self.session.headers.update({
            'X-Invois-Key': api_key,
            'Content-Type': 'application/json'
        })
    def _update_rate_limit_info(self, response: requests.Response):
        self.rate_limit_info.limit = int(response.headers.get('X-RateLimit-Limit', 0))
        self.rate_limit_info.remaining = int(response.headers.get('X-RateLimit-Remaining', 0))
        reset_header = response.headers.get('X-RateLimit-Reset')
        if reset_header:
            self.rate_limit_info.reset = datetime.fromisoformat(reset_header.replace('Z', '+00:00'))
    def _request(self, method: str, endpoint: str, **kwargs) -> Dict[str, Any]:
        url = f"{self.base_url}{endpoint}"
        
        try:
            response = self.session.request(method, url, timeout=self.timeout, **kwargs)
            self._update_rate_limit_info(response)
            
            if response.status_code == 429:
                # Handle rate limiting with retry
                error_data = response.json()
                retry_after = error_data.get('details', {}).get('retry_after', 60)
                print(f"Rate limited. Waiting {retry_after} seconds...")
                time.sleep(retry_after)
                return self._request(method, endpoint, **kwargs)
            
            response.raise_for_status()
            return response.json()
            
        except requests.exceptions.HTTPError:
            error_data = response.json()
            raise ApiError(response.status_code, error_data)
    # User Management
    def get_users(self, query: Optional[str] = None, page: int = 1, per_page: int = 10) -> Dict[str, Any]:
        params = {'page': page, 'per_page': per_page}
        if query:
            params['query'] = query
        
        return self._request('GET', '/api/integrations/users', params=params)
    def get_user(self, user_id: str) -> Dict[str, Any]:
        return self._request('GET', f'/api/integrations/users/{user_id}')
    def create_user(self, user_data: Dict[str, Any]) -> Dict[str, Any]:
        return self._request('POST', '/api/integrations/users', json=user_data)
    def update_user(self, user_id: str, user_data: Dict[str, Any]) -> Dict[str, Any]:
        return self._request('PUT', f'/api/integrations/users/{user_id}', json=user_data)
    def get_user_organizations(self, user_id: str) -> Dict[str, Any]:
        return self._request('GET', f'/api/integrations/users/{user_id}/organizations')
    # Organization Management
    def get_organizations(self, query: Optional[str] = None, page: int = 1, per_page: int = 10) -> Dict[str, Any]:
        params = {'page': page, 'per_page': per_page}
        if query:
            params['query'] = query
        
        return self._request('GET', '/api/integrations/organizations', params=params)
    def get_organization(self, org_id: str) -> Dict[str, Any]:
        return self._request('GET', f'/api/integrations/organizations/{org_id}')
    def update_organization(self, org_id: str, org_data: Dict[str, Any]) -> Dict[str, Any]:
        return self._request('PUT', f'/api/integrations/organizations/{org_id}', json=org_data)
    # Utility methods
    def get_rate_limit_info(self) -> RateLimitInfo:
        return self.rate_limit_info
    def is_rate_limited(self) -> bool:
        return self.rate_limit_info.remaining is not None and self.rate_limit_info.remaining <= 0
# Batch processing example
def sync_users_batch(client: InvoiceApiClient, batch_size: int = 50):
    page = 1
    while True:
        response = client.get_users(page=page, per_page=batch_size)
        users = response['data']
        
        if not users:
            break
            
        # Process users
        for user in users:
            print(f"Processing user: {user['name']}")
            # Your processing logic here
        
        # Check if we have more pages
        if page >= response['meta']['last_page']:
            break
            
        page += 1
        time.sleep(1)  # Rate limiting courtesy delay
