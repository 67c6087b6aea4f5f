"""The endpoints of /api/integrations."""
