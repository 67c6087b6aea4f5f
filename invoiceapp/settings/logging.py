"""One logging set-up: text for people, JSON for machines, never a query string."""

from typing import Any


def logging_config(level: str, style: str) -> dict[str, Any]:
    """A dictConfig that writes to standard error. style: text or json."""
    formatter = "json" if style == "json" else "text"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {"()": "invoiceapp.logs.TextFormatter"},
            "json": {"()": "invoiceapp.logs.JsonFormatter"},
        },
        "filters": {"without_query": {"()": "invoiceapp.log_filters.WithoutQuery"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": formatter}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"level": "INFO"},
            # Requests of the development server; gunicorn's own format has no query.
            "django.server": {"level": "INFO", "propagate": True, "filters": ["without_query"]},
            # Each refused request is a line of the access log already.
            "django.request": {"level": "ERROR"},
            "fontTools": {"level": "WARNING"},
            # The scheduler looks every two seconds, and says so each time.
            "celery": {"level": "WARNING"},
        },
    }
