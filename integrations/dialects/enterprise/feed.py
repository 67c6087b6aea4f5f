"""Which events a caller may see, by name: each noun is read with its own scope (G9)."""

from collections.abc import Iterable

from accounts.actors import Actor
from core.errors import Forbidden
from integrations.dialects.enterprise.events import ALIASES, EVENT_NAMES

# Total over the nouns of EVENT_NAMES: a test holds it against them.
READ_SCOPES = {
    "invoice": "invoices:read",
    "quote": "invoices:read",
    "credit_note": "invoices:read",
    "recurring_invoice": "invoices:read",
    "reminder": "invoices:read",
    "late_fee": "invoices:read",
    "payment": "payments:read",
    "refund": "payments:read",
    "payment_link": "payments:read",
    "customer": "customers:read",
    "product": "products:read",
    "tax_profile": "products:read",
    "message": "invoices:read",
}


def scope_of(event_type: str) -> str:
    """The scope that the event's noun is read with."""
    return READ_SCOPES[event_type.partition(".")[0]]


def readable(actor: Actor, wanted: Iterable[str] | None = None) -> list[str]:
    """The event names that the caller may read, out of the wanted ones or of all.

    Raises Forbidden when none of them is, naming the first scope that would help.
    """
    names = sorted(EVENT_NAMES if wanted is None else set(wanted))
    allowed = [name for name in names if actor.may(scope_of(name))]
    if not allowed:
        raise Forbidden(needed=scope_of(names[0]))
    return allowed


def names_matching(pattern: str) -> list[str]:
    """The real event names under a name, an alias, `invoice.*` or `*`; empty for none."""
    if pattern == "*":
        return sorted(EVENT_NAMES)
    if pattern.endswith(".*"):
        noun = pattern.removesuffix("*")
        return sorted(name for name in EVENT_NAMES if name.startswith(noun))
    real = ALIASES.get(pattern, pattern)
    return [real] if real in EVENT_NAMES else []
