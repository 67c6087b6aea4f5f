"""Administration of what goes in and out, and of what the interface keeps for itself."""

from integrations.admin import clocks, mail, requests, shops, webhooks

__all__ = ["clocks", "mail", "requests", "shops", "webhooks"]
