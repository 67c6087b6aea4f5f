"""Charging for lateness: each intended day once, by an invoice that refers to the late one (D8).

An issued invoice never changes, so a fee is an invoice of its own. The books, the reports and
every dialect understand it as what it is.
"""

import datetime
import logging

from django.db import transaction

from accounts.actors import Actor, system_actor
from accounts.models import Organization
from billing.models import Invoice, LateFee, LateFeePolicy
from billing.operations.composing import compose
from billing.operations.invoices import insert_draft
from billing.operations.issuing import issue_invoice, void_invoice
from billing.operations.late_fee_wording import fee_line
from billing.operations.locks import hold_invoice, lock_invoice
from billing.operations.recipients import recipients_of
from billing.operations.sending import request_send
from billing.queries.late_fees import (
    Charge,
    Occurrence,
    charge,
    chargeable,
    late_fee_of,
    occurrences,
    room,
)
from billing.queries.lookup import Ref
from billing.queries.organizations import today
from billing.queries.reminders import is_paid_soon
from core.errors import DomainError, InvalidValue, Kind
from core.events import emit
from core.money import from_minor
from core.text import clean_line

logger = logging.getLogger(__name__)
SOURCE = "late_fees"


class NotALateFee(DomainError):
    kind, code = Kind.CONFLICT, "not_a_late_fee"
    message = "Invoice {number} is not over a late fee."


class FeeAlreadyWaived(DomainError):
    kind, code = Kind.CONFLICT, "late_fee_already_waived"
    message = "The late fee {number} was waived already."


def charge_late_fees(*, at: datetime.datetime, limit: int = 500) -> int:
    """Charge what lateness costs, anywhere; how many fees, about at most `limit`.

    A sandbox with a clock of its own goes by that clock.
    """
    charged = 0
    enabled = LateFeePolicy.objects.filter(is_enabled=True).values("organization_id")
    for organization in Organization.objects.filter(pk__in=enabled).order_by("pk"):
        its_time = organization.test_clock or at
        charged += charge_late_fees_in(
            organization=organization, at=its_time, limit=limit - charged
        )
        if charged >= limit:
            break
    return charged


def charge_late_fees_in(
    *, organization: Organization, at: datetime.datetime, limit: int = 500
) -> int:
    """The same for one organization at that instant of its own.

    Each civil date is looked through once, and a day that was missed is charged for later
    under its own date, so it does not matter how often this is called (D7, D8).
    """
    day = today(organization, at)
    charged = 0
    enabled = LateFeePolicy.objects.of(organization.pk).filter(is_enabled=True)
    for policy in enabled.select_related("tax_profile", "organization").order_by("pk"):
        if policy.checked_on is not None and policy.checked_on >= day:
            continue
        for pk in chargeable(policy, day).values_list("pk", flat=True):
            if charged >= limit:
                return charged
            charged += _charge_invoice(policy, pk, day, at)
        rows = LateFeePolicy.objects.of(organization.pk).filter(pk=policy.pk)
        # Unless the policy was changed meanwhile, which asks for another look.
        rows.filter(version=policy.version).update(checked_on=day)
    return charged


@transaction.atomic
def waive_late_fee(
    *, actor: Actor, at: datetime.datetime, invoice_id: Ref, reason: str = ""
) -> LateFee:
    """Let the customer off: the invoice over the fee becomes void, its day stays charged for.

    A fee that was paid in part or whole is credited instead. Raises Forbidden, NotFound,
    NotALateFee, FeeAlreadyWaived, and what void_invoice raises.
    """
    actor.require("invoices:write")
    invoice = lock_invoice(actor.organization_id, invoice_id)
    fee = late_fee_of(invoice)
    if fee is None:
        raise NotALateFee(number=invoice.number or "without number")
    if fee.waived_at is not None:
        raise FeeAlreadyWaived(number=fee.fee_invoice.number)
    fee.waived_reason = clean_line(reason, param="reason", max_length=300)
    why = fee.waived_reason or "Late fee waived"
    fee.fee_invoice = void_invoice(actor=actor, at=at, invoice_id=fee.fee_invoice_id, reason=why)
    fee.waived_at = fee.updated_at = at
    fee.save(update_fields=["waived_at", "waived_reason", "updated_at"])
    _tell("late_fee.waived", fee, actor, at)
    return fee


def late_fee_snapshot(fee: LateFee) -> dict[str, object]:
    """What events and answers tell of a fee; amounts in major units of the invoice."""
    currency = fee.invoice.currency
    return {
        "object": "late_fee",
        "uuid": str(fee.uuid),
        "kind": fee.kind,
        "invoice": str(fee.invoice.uuid),
        "invoice_number": fee.invoice.number,
        "fee_invoice": str(fee.fee_invoice.uuid),
        "fee_invoice_number": fee.fee_invoice.number,
        "intended_date": fee.intended_date,
        "period_start": fee.period_start,
        "period_end": fee.period_end,
        "base_amount": from_minor(fee.base_amount, currency),
        "amount": from_minor(fee.amount, currency),
        "total": from_minor(fee.fee_invoice.total, currency),
        "currency": currency,
        "waived_at": fee.waived_at,
        "waived_reason": fee.waived_reason,
        "created_at": fee.created_at,
        "updated_at": fee.updated_at,
    }


def _charge_invoice(
    policy: LateFeePolicy, pk: int, day: datetime.date, at: datetime.datetime
) -> int:
    try:
        return _charge(policy, pk, day, at)
    except DomainError:
        # A retired tax, say: this invoice is looked at again tomorrow, the others today.
        logger.warning("late fees of invoice %d could not be charged", pk, exc_info=True)
        return 0


@transaction.atomic
def _charge(policy: LateFeePolicy, pk: int, day: datetime.date, at: datetime.datetime) -> int:
    hold_invoice(policy.organization_id, pk)
    # Read anew under the lock: it may have been paid, or charged by another worker.
    rows = chargeable(policy, day).select_related("customer", "organization").filter(pk=pk)
    invoice = rows.first()
    if invoice is None or is_paid_soon(invoice):
        return 0
    charged = 0
    for when in occurrences(policy, invoice, invoice.organization.timezone, day):
        cost = charge(policy, invoice, when)
        left = room(policy, invoice)
        amount = cost.amount if left is None else min(cost.amount, left)
        if amount <= 0:
            continue
        _demand(policy, invoice, when, Charge(cost.base, amount), day, at)
        charged += 1
    return charged


def _demand(
    policy: LateFeePolicy,
    late: Invoice,
    when: Occurrence,
    cost: Charge,
    day: datetime.date,
    at: datetime.datetime,
) -> None:
    organization = late.organization
    actor = system_actor(organization.pk, livemode=organization.livemode, label="late fees")
    start = None if when.start is None else max(when.start, policy.active_since)
    draft = compose(
        late.customer,
        at,
        lines=[fee_line(policy, late, when, cost, start)],
        issue_date=day,
        currency=late.currency,
        prices_include_tax=False,
        source=SOURCE,
        locale=late.locale,
        template=late.template,
        buyer_reference=late.buyer_reference or None,
        purchase_order=late.purchase_order or None,
    )
    draft.invoice.preceding = [{"number": late.number, "issue_date": late.issue_date.isoformat()}]
    made = insert_draft(
        actor=actor, at=at, invoice=draft.invoice, lines=draft.lines, groups=draft.groups
    )
    fee = LateFee.objects.create(
        organization=organization,
        invoice=late,
        fee_invoice=made,
        kind=when.kind,
        intended_date=when.date,
        base_amount=cost.base,
        amount=cost.amount,
        period_start=start,
        period_end=None if start is None else when.date,
        created_at=at,
        updated_at=at,
    )
    if policy.is_sent and _has_recipients(made):
        fee.fee_invoice = request_send(actor=actor, at=at, invoice_id=made.pk).invoice
    else:
        fee.fee_invoice = issue_invoice(actor=actor, at=at, invoice_id=made.pk)
    _tell("late_fee.charged", fee, actor, at)


def _has_recipients(invoice: Invoice) -> bool:
    try:
        recipients_of(invoice, to=None, cc=(), bcc=(), send_copy_to_self=False)
    except InvalidValue:
        return False
    return True


def _tell(event: str, fee: LateFee, actor: Actor, at: datetime.datetime) -> None:
    emit(event, subject=fee, data=late_fee_snapshot(fee), actor=actor, at=at)
