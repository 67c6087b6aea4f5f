"""One object of each noun of /api/v1."""

from django.conf import settings
from django.test import override_settings

from tests.contract.collector.conftest import Collector


def everything(collector: Collector, suffix: str = "") -> dict[str, str]:
    """An id of each noun, by its collection's name. `suffix` makes remote ids differ."""
    with override_settings(
        COLLECTOR_TERMS=False,
        COLLECTOR_FOLDERS=settings.COLLECTOR_FOLDERS or "/srv",
        OUTBOUND_ALLOW_CIDRS=["127.0.0.0/8"],
        ALLOW_HTTP_WEBHOOKS=True,
    ):
        user = collector.user(f"user{suffix.strip().replace(' ', '-')}")
        credential = collector.connected(user["id"])
    return {
        "user": user["id"],
        "users": user["id"],
        "credential": credential["id"],
        "credentials": credential["id"],
        "cid": credential["id"],
        "callback": collector.get("/customer").json["id"],
    }
