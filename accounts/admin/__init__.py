"""Administration of organizations, people, keys and OAuth."""

from accounts.admin import api_keys, apps, oauth, organizations, users

__all__ = ["api_keys", "apps", "oauth", "organizations", "users"]
