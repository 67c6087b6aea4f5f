"""Paying several invoices, or parts of them: choose, see how, and say that it is on its way."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, QueryDict

from billing.models import Invoice
from billing.operations.remittances import (
    MOST_INVOICES,
    announce_remittance,
    may_pay_part,
    open_for_announcing,
    withdraw_remittance,
)
from billing.queries.portal import shown_invoices
from billing.web.portal.access import (
    PortalRequest,
    formats_of,
    refused,
    see_other,
    show,
    signed_in,
)
from billing.web.portal.home import announced, standings
from billing.web.portal.ways import pay_groups
from billing.web.public_ways import digits_of, minor_of
from core.errors import DomainError, Kind
from core.models import as_uuid
from core.money import from_minor


@dataclass(frozen=True, slots=True)
class Choice:
    """One invoice in the form: what is left of it, what was asked for, what is wrong with it."""

    invoice: Invoice
    due: str
    left: str
    left_digits: str
    given: str
    minor: int
    may_be_part: bool
    trouble: str = ""


@signed_in("portal:pay")
def pay(request: PortalRequest) -> HttpResponseBase:
    """Choose; with ?invoice=… chosen, the ways of paying them. Looking records nothing."""
    if "invoice" not in request.GET:
        return _choose(request)
    choices = _read(request, request.GET)
    if not choices:
        return _choose(request, request.words["choose_invoices"])
    return _show(request, choices)


@signed_in("portal:pay", methods=("POST",))
def announce(request: PortalRequest) -> HttpResponseBase:
    """The customer pays what the page showed: it is noted, and staff are told."""
    choices = _read(request, request.POST)
    if not choices or any(choice.trouble for choice in choices):
        return _show(request, choices) if choices else see_other("portal:pay", request)
    parts = [
        (choice.invoice.pk, from_minor(choice.minor, choice.invoice.currency)) for choice in choices
    ]
    try:
        announce_remittance(actor=request.actor, at=request.at, parts=parts)
    except DomainError as error:
        if error.kind in (Kind.NOT_FOUND, Kind.FORBIDDEN):
            raise
        return _show(request, _read(request, request.POST), refused(request, error))
    return see_other("portal:pay", request, query="announced=1")


@signed_in("portal:pay", methods=("POST",))
def withdraw(request: PortalRequest, uuid: UUID) -> HttpResponseBase:
    withdraw_remittance(actor=request.actor, at=request.at, remittance_id=uuid)
    return see_other("portal:pay", request)


def _choose(request: PortalRequest, trouble: str = "") -> HttpResponse:
    context = {
        "standings": standings(request),
        "announced": announced(request),
        "has_announced": "announced" in request.GET,
        "trouble": trouble,
    }
    return show(request, "portal/pay.html", context, 422 if trouble else 200)


def _show(request: PortalRequest, choices: list[Choice], trouble: str = "") -> HttpResponse:
    """The form with the chosen invoices, and below it how to pay the sum."""
    if len({choice.invoice.currency for choice in choices}) > 1:
        return _choose(request, request.words["one_currency"])
    is_wrong = bool(trouble) or any(choice.trouble for choice in choices)
    total = sum(choice.minor for choice in choices)
    currency = choices[0].invoice.currency
    chosen = [(choice.invoice, choice.minor) for choice in choices]
    context = {
        "choices": choices,
        "total": formats_of(request, currency).money(total),
        "groups": [] if is_wrong else pay_groups(request, chosen),
        "may_be_part": any(choice.may_be_part for choice in choices),
        "is_wrong": is_wrong,
        "trouble": trouble,
    }
    return show(request, "portal/pay_how.html", context, 422 if is_wrong else 200)


def _read(request: PortalRequest, given: QueryDict) -> list[Choice]:
    """The invoices named, as far as they are the customer's and something is left to pay."""
    keys = [key for key in map(as_uuid, given.getlist("invoice")[:MOST_INVOICES]) if key]
    rows = shown_invoices(request.organization.pk, request.customer.pk).open()
    found = rows.filter(uuid__in=keys).select_related("organization")
    invoices = list(found.order_by("due_date", "pk"))
    left = open_for_announcing(invoices)
    return [
        _choice(request, invoice, left[invoice.pk], given.get(f"amount-{invoice.uuid}", "").strip())
        for invoice in invoices
        if left[invoice.pk]
    ]


def _choice(request: PortalRequest, invoice: Invoice, left: int, given: str) -> Choice:
    formats = formats_of(request, invoice.currency)
    minor = minor_of(given, invoice.currency) if given else left
    may_be_part = may_pay_part(request.actor, invoice)
    trouble = ""
    if minor is None or not 0 < minor <= left:
        trouble = request.words["amount_refused"].format(total=formats.money(left))
    elif minor < left and not may_be_part:
        trouble = request.words["only_in_full"].format(total=formats.money(left))
    return Choice(
        invoice=invoice,
        due=formats.date(invoice.due_date),
        left=formats.money(left),
        left_digits=digits_of(left, invoice.currency),
        given=given if trouble else digits_of(minor or 0, invoice.currency),
        minor=0 if trouble else minor or 0,
        may_be_part=may_be_part,
        trouble=trouble,
    )
