"""/api/v2 as a value."""

from integrations.dialects.backoffice.errors import STATUSES, spell_fault
from integrations.dialects.backoffice.events import ALIASES, EVENT_NAMES, render_event
from integrations.dialects.base.dialect import Dialect, by_credential
from integrations.dialects.base.guards import SignableKeys
from integrations.dialects.base.idempotency import IdempotencyRule
from integrations.dialects.base.ratelimit import Quota, RateRule

REQUESTS_PER_HOUR = 1_000


def _headers(quota: Quota) -> dict[str, str]:
    # Spelled exactly so: a client may match the case.
    return {
        "X-RateLimit-Limit": str(quota.limit),
        "X-RateLimit-Remaining": str(quota.remaining),
        "X-RateLimit-Reset": str(quota.resets_at),
    }


BACKOFFICE = Dialect(
    name="backoffice",
    prefixes=("/api/v2", "/sandbox/api/v2"),
    authenticate=SignableKeys("backoffice"),
    statuses=STATUSES,
    spell_fault=spell_fault,
    spell_id=lambda _noun, value: value,
    rate=RateRule(seconds=3600, window_name="hour", anonymous_limit=1_000, headers=_headers),
    limit_of=lambda _organization: REQUESTS_PER_HOUR,
    counts=by_credential,
    # Its clients know no 409: a twin waits for the first answer and gets the same.
    idempotency=IdempotencyRule(frozenset({"POST", "PUT", "PATCH"}), wait_seconds=5),
    render_event=render_event,
    event_names=EVENT_NAMES,
    event_aliases=ALIASES,
)
