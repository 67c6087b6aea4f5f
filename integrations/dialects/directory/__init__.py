"""The /api/integrations API: people and organizations, for programs that keep a copy of them."""
