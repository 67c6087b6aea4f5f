"""Users, organizations, memberships, API keys, scopes and the Actor."""
