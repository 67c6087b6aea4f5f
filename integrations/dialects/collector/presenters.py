"""Rows as /api/v1 shows them. Moments are milliseconds since 1970; parameters are never shown."""

from typing import Any

from accounts.models import Organization
from integrations.collectors.callbacks import milliseconds
from integrations.collectors.describing import describe
from integrations.collectors.schedule import LONGEST
from integrations.collectors.sentences import spoken
from integrations.collectors.sources import SOURCES
from integrations.dialects.collector.words import HIGHEST_STATE, TITLES, State
from integrations.models import (
    CollectedInvoice,
    CollectorAccount,
    CollectorCredential,
    CollectorUser,
)

Json = dict[str, Any]
# An installation of one's own limits nothing and charges nothing: -1 is "no limit".
_PLAN: Json = {
    "id": "self-hosted",
    "name": "Self-hosted",
    "maxUsers": -1,
    "maxCredentials": -1,
    "maxInvoicesPerMonth": -1,
    "maxCollectors": -1,
    "priceBase": 0,
    "pricePerUser": 0,
    "pricePerCredential": 0,
    "pricePerInvoice": 0,
    "pricePerCollector": 0,
    "features": [],
}


def present_customer(organization: Organization, account: CollectorAccount) -> Json:
    return {
        "id": str(account.uuid),
        "email": organization.email,
        "name": account.name,
        "callback": account.callback,
        "remoteId": account.remote_id,
        "createdAt": milliseconds(account.created_at),
        "theme": account.theme,
        "subscribedCollectors": account.subscribed_collectors,
        "isSubscribedToAll": account.is_subscribed_to_all,
        "displaySketchCollectors": account.shows_sketches,
        "allowedOrigins": account.origins,
        "maxDelayBetweenCollect": int(LONGEST.total_seconds()) * 1000,
        "plan": _PLAN,
    }


def present_user(user: CollectorUser, account: CollectorAccount) -> Json:
    return {
        "id": str(user.uuid),
        "customer_id": str(account.uuid),
        "remote_id": user.remote_id,
        "locale": user.locale,
        "createdAt": milliseconds(user.created_at),
    }


def present_credential(credential: CollectorCredential) -> Json:
    """`credential` comes with its user and its `shown_invoices`."""
    source = SOURCES.get(credential.source)
    return {
        "id": str(credential.uuid),
        "user_id": str(credential.user.uuid),
        "note": credential.note,
        "create_timestamp": milliseconds(credential.created_at),
        "download_from_timestamp": milliseconds(credential.download_from),
        "last_collect_timestamp": milliseconds(credential.last_collect_at),
        "next_collect_timestamp": milliseconds(credential.next_attempt_at),
        "invoices": [_invoice(each) for each in credential.shown_invoices],  # type: ignore[attr-defined]
        "state": {
            "index": credential.state,
            "max": HIGHEST_STATE,
            "title": TITLES[State(credential.state)],
            "message": spoken(credential.state_message, credential.user.locale),
        },
        "collector": describe(source.description, credential.user.locale) if source else None,
    }


def _invoice(invoice: CollectedInvoice) -> Json:
    return {
        "id": invoice.external_id,
        "timestamp": milliseconds(invoice.issued_at),
        "collected_timestamp": milliseconds(invoice.collected_at),
    }
