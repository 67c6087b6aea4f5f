"""manage.py demo: the demo organization, and fresh credentials for every way in."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from core.ids import encode_id
from integrations.demo.building import Demo, ensure_demo
from integrations.demo.credentials import demo_wallet, renew_application, renew_keys, renew_password


class Command(BaseCommand):
    help = (
        "Makes the demo organization with eighteen months of invoices, once, and prints how "
        "to get in. Each call gives the staff login a new password and replaces the API keys "
        "it printed before, the secret of its OAuth application too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        with transaction.atomic():
            demo = ensure_demo(at=at)
            access = _access(demo, at)
        if options["json"]:
            self.stdout.write(json.dumps(access, ensure_ascii=False, indent=1))
        else:
            self.stdout.write(_block(demo, access))


def _access(demo: Demo, at: Any) -> dict[str, Any]:
    """What a script needs to talk to the running system; the shape is a contract."""
    keys = renew_keys(demo.organization, at)
    application, client_secret = renew_application(demo.organization, at)
    wallet, wallet_secret = keys["wallet"]
    return {
        "base_url": settings.BASE_URL,
        "staff": {"email": demo.owner.email, "password": renew_password(demo.owner, at)},
        "enterprise": {
            "api_key": keys["enterprise"][1],
            "test_api_key": keys["test"][1],
            "client_id": application.client_id,
            "client_secret": client_secret,
            "redirect_uri": application.redirect_uris,
            "customer_id": encode_id("cus", demo.customer.uuid),
            "product_id": encode_id("prod", demo.product.uuid),
            "tax_profile_id": encode_id("tax", demo.tax_profile.uuid),
        },
        "backoffice": {"api_key": keys["backoffice"][1]},
        "wallet": {
            "client_key": wallet.client_key,
            "client_secret": wallet_secret,
            "customer_id": str(demo.customer.uuid),
            "wallet_id": str(demo_wallet(demo.organization, at).uuid),
            "product_id": str(demo.product.uuid),
            "tax_id": str(demo.tax_profile.uuid),
        },
        "directory": {"api_key": keys["directory"][1]},
        "collector": {"bearer": keys["collector"][1]},
    }


def _block(demo: Demo, access: dict[str, Any]) -> str:
    enterprise, wallet = access["enterprise"], access["wallet"]
    rows = [
        ("Address", access["base_url"]),
        ("Administration", f"{access['base_url']}/admin/"),
        ("Staff login", access["staff"]["email"]),
        ("Password", access["staff"]["password"]),
        ("/v1 live key", enterprise["api_key"]),
        ("/v1 test key", enterprise["test_api_key"]),
        ("OAuth client ID", enterprise["client_id"]),
        ("OAuth secret", enterprise["client_secret"]),
        ("OAuth redirect", enterprise["redirect_uri"]),
        ("/v1 customer", enterprise["customer_id"]),
        ("/v1 product", enterprise["product_id"]),
        ("/v1 tax profile", enterprise["tax_profile_id"]),
        ("/api/v2 key", access["backoffice"]["api_key"]),
        ("/api/v0 client key", wallet["client_key"]),
        ("/api/v0 secret", wallet["client_secret"]),
        ("/api/integrations", access["directory"]["api_key"]),
        ("/api/v1 bearer", access["collector"]["bearer"]),
    ]
    title = f"{demo.organization.name}: the demo organization"
    lines = [title, "=" * len(title), *(f"{name:<20}{value}" for name, value in rows)]
    return "\n".join([*lines, "", "Shown once: the next call of this command replaces them."])
