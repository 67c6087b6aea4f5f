class InvoiceApiClient {
  config;
  rateLimitInfo = {};
  constructor(config) {
    this.config = {
      timeout: 30000,
      ...config
    };
  }
  async request(
    endpoint,
    options = {}
  ) {
    const url = `${this.config.baseUrl}${endpoint}`;
    
    const response = await fetch(url, {
      ...options,
      headers: {
        'X-Invois-Key': this.config.apiKey,
        'Content-Type': 'application/json',
        ...options.headers
      },
      signal: AbortSignal.timeout(this.config.timeout)
    });
    // Update rate limit info
    this.updateRateLimitInfo(response);
    if (!response.ok) {
      const errorData = await response.json();
      throw new ApiError(response.status, errorData);
    }
    return response.json();
  }
  updateRateLimitInfo(response) {
    this.rateLimitInfo = {
      limit: parseInt(response.headers.get('X-RateLimit-Limit') || '0'),
      remaining: parseInt(response.headers.get('X-RateLimit-Remaining') || '0'),
      reset: new Date(response.headers.get('X-RateLimit-Reset') || Date.now())
    };
  }
  // User Management
  async getUsers(params) {
    const searchParams = new URLSearchParams();
    if (params?.query) searchParams.set('query', params.query);
    if (params?.page) searchParams.set('page', params.page.toString());
    if (params?.per_page) searchParams.set('per_page', params.per_page.toString());
    const endpoint = `/api/integrations/users${searchParams.toString() ? `?${searchParams}` : ''}`;
    return this.request(endpoint);
  }
  async getUser(id) {
    return this.request(`/api/integrations/users/${id}`);
  }
  async createUser(userData) {
    return this.request('/api/integrations/users', {
      method: 'POST',
      body: JSON.stringify(userData)
    });
  }
  async updateUser(id, userData) {
    return this.request(`/api/integrations/users/${id}`, {
      method: 'PUT',
      body: JSON.stringify(userData)
    });
  }
  async getUserOrganizations(id) {
    return this.request(`/api/integrations/users/${id}/organizations`);
  }
  // Organization Management
  async getOrganizations(params) {
    const searchParams = new URLSearchParams();
    if (params?.query) searchParams.set('query', params.query);
    if (params?.page) searchParams.set('page', params.page.toString());
    if (params?.per_page) searchParams.set('per_page', params.per_page.toString());
    const endpoint = `/api/integrations/organizations${searchParams.toString() ? `?${searchParams}` : ''}`;
    return this.request(endpoint);
  }
  async getOrganization(id) {
    return this.request(`/api/integrations/organizations/${id}`);
  }
  async updateOrganization(id, orgData) {
    return this.request(`/api/integrations/organizations/${id}`, {
      method: 'PUT',
      body: JSON.stringify(orgData)
    });
  }
  // Utility methods
  getRateLimitInfo() {
    return { ...this.rateLimitInfo };
  }
  isRateLimited() {
    return this.rateLimitInfo.remaining !== undefined && this.rateLimitInfo.remaining <= 0;
  }
}
class ApiError extends Error {
  constructor(
    status,
    data
  ) {
    super(data.message || 'API request failed');
    this.status = status;
    this.data = data;
    this.name = 'ApiError';
  }
}
export { ApiError, InvoiceApiClient };
