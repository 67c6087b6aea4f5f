"""Administration of what goes in and out, and of what the interface keeps for itself."""

from integrations.admin import clocks, collectors, mail, requests, shops, webhooks

__all__ = ["clocks", "collectors", "mail", "requests", "shops", "webhooks"]
