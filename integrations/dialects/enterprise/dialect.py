"""/v1 as a value."""

from accounts.models import Organization
from integrations.dialects.base.authentication import BearerKeys
from integrations.dialects.base.dialect import Dialect
from integrations.dialects.base.idempotency import IdempotencyRule
from integrations.dialects.base.ratelimit import Quota, RateRule
from integrations.dialects.enterprise.errors import STATUSES, spell_fault
from integrations.dialects.enterprise.events import ALIASES, EVENT_NAMES, render_event
from integrations.dialects.enterprise.ids import shown_id

PLAN_LIMITS = {
    Organization.Plan.STARTER: 100,
    Organization.Plan.PROFESSIONAL: 1_000,
    Organization.Plan.ENTERPRISE: 10_000,
}


def limit_of(organization: Organization) -> int:
    """Requests per minute: the plan's, unless the organization has a limit of its own."""
    own = organization.rate_limit_per_minute
    return PLAN_LIMITS[Organization.Plan(organization.plan)] if own is None else own


def _headers(quota: Quota) -> dict[str, str]:
    # Spelled exactly so: a client may match the case.
    return {
        "X-RateLimit-Limit": str(quota.limit),
        "X-RateLimit-Remaining": str(quota.remaining),
        "X-RateLimit-Reset": str(quota.resets_at),
    }


ENTERPRISE = Dialect(
    name="enterprise",
    prefixes=("/v1",),
    authenticate=BearerKeys("enterprise", takes_tokens=True),
    statuses=STATUSES,
    spell_fault=spell_fault,
    spell_id=shown_id,
    rate=RateRule(seconds=60, window_name="minute", anonymous_limit=1_000, headers=_headers),
    limit_of=limit_of,
    refuses_unknown_query=True,
    # The document promises 200 for a replay, whatever the first answer's status was.
    idempotency=IdempotencyRule(frozenset({"POST", "PUT", "PATCH"}), replay_status=200),
    render_event=render_event,
    event_names=EVENT_NAMES,
    event_aliases=ALIASES,
)
