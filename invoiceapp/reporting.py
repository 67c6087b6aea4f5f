"""Errors to Sentry, where an operator wants that: off, and not even imported, by default."""

from typing import Any

from core.extras import load
from invoiceapp.logs import request_id
from invoiceapp.redaction import redacted


def start(dsn: str, *, release: str) -> None:
    """Report unforeseen errors to that DSN. Nothing happens without one.

    Raises ImproperlyConfigured when the library is not installed.
    """
    if not dsn:
        return
    library = load(
        "sentry_sdk",
        setting="SENTRY_DSN",
        product="sentry-sdk",
        requirements="requirements-sentry.txt",
    )
    library.init(**options(dsn, release=release))


def options(dsn: str, *, release: str) -> dict[str, Any]:
    """What is sent: the class of the error, where it happened, and the request's id."""
    return {
        "dsn": dsn,
        "release": release,
        "send_default_pii": False,
        # Local variables and bodies hold customers' data, and secrets now and then.
        "include_local_variables": False,
        "max_request_body_size": "never",
        "max_breadcrumbs": 0,
        "auto_session_tracking": False,
        "before_send": bare,
    }


def bare(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """The event without headers, cookies, query and whatever looks like a secret."""
    request = event.pop("request", {})
    if "url" in request:
        url = str(request["url"]).partition("?")[0]
        event["request"] = {"method": request.get("method", ""), "url": redacted(url)}
    for name in ("user", "extra", "breadcrumbs", "server_name"):
        event.pop(name, None)
    for one in event.get("exception", {}).get("values", ()):
        one["value"] = redacted(str(one.get("value", "")))
    if "logentry" in event:
        said = event["logentry"]
        event["logentry"] = {"message": redacted(str(said.get("formatted", said.get("message"))))}
    event["tags"] = {"request_id": request_id.get()}
    return event
