"""What a recurring invoice will do next, without doing it."""

import datetime
from dataclasses import dataclass

from accounts.actors import Actor
from billing.models import Invoice
from billing.operations.recurring_patterns import check_pattern, specs_of
from billing.queries.lookup import Ref
from billing.queries.recurring import Occurrence, coming, get_recurring
from core.errors import DomainError


@dataclass(frozen=True, slots=True)
class Preview:
    """The next dates, and the unsaved invoice of now, or what keeps it from being made."""

    dates: list[Occurrence]
    invoice: Invoice | None
    problem: str


def preview_recurring(
    *, actor: Actor, at: datetime.datetime, recurring_id: Ref, count: int = 12
) -> Preview:
    """The next `count` dates and what an invoice made now would come to.

    Raises Forbidden, NotFound.
    """
    actor.require("invoices:read")
    recurring = get_recurring(actor.organization_id, recurring_id)
    dates = coming(recurring, count)
    try:
        draft = check_pattern(recurring, specs_of(recurring.lines.all()), at)
    except DomainError as refusal:
        return Preview(dates, None, str(refusal))
    return Preview(dates, draft.invoice, "")
