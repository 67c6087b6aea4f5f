"""How the customer stands: what is open, what is to their credit, what came last."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase

from billing.models import Invoice, Remittance
from billing.operations.remittances import open_for_announcing
from billing.queries.portal import (
    customers_of_address,
    list_remittances,
    shown_invoices,
    shown_payments,
    shown_quotes,
)
from billing.queries.quotes import with_status
from billing.web.portal.access import (
    PortalRequest,
    formats_of,
    portal_page,
    see_other,
    show,
)
from billing.web.portal.entrance import front_door

MOST_OPEN = 200
_LATEST = 5


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice with something left to pay, in words. `left` is what can still be announced."""

    invoice: Invoice
    due: str
    amount: str
    days_overdue: int
    left: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is open in one currency, in words."""

    currency: str
    items: list[OpenItem]
    total: str
    overdue: str
    credit: str
    payable: bool


@portal_page("GET")
def home(request: PortalRequest) -> HttpResponseBase:
    """The front door for whoever is not signed in, else the overview."""
    session = request.session_row
    if session is None:
        return front_door(request)
    if session.customer is None:
        return see_other("portal:choose", request)
    organization_id, customer_id = request.organization.pk, request.customer.pk
    quotes = with_status(shown_quotes(organization_id, customer_id), "open", request.today)
    context = {
        "standings": standings(request),
        "quotes": [
            (quote, formats_of(request, quote.currency).money(quote.total),
             formats_of(request, quote.currency).date(quote.valid_until))
            for quote in quotes.order_by("valid_until", "pk")[:20]
        ],
        "announced": announced(request),
        "payments": _latest_payments(request),
        "has_other_customers": customers_of_address(organization_id, session.email).count() > 1,
    }  # fmt: skip
    return show(request, "portal/home.html", context)


def standings(request: PortalRequest) -> list[Standing]:
    """Open items, what is overdue, and credit, per currency; the customer's own first."""
    organization_id, customer = request.organization.pk, request.customer
    rows = shown_invoices(organization_id, customer.pk).open()
    invoices = list(rows.order_by("due_date", "pk")[:MOST_OPEN])
    left = open_for_announcing(invoices)
    credits = {
        balance.currency: balance.credit
        for balance in customer.balances.filter(organization_id=organization_id)
    }
    by_currency: dict[str, list[Invoice]] = {}
    for invoice in invoices:
        by_currency.setdefault(invoice.currency, []).append(invoice)
    codes = {*by_currency, *(code for code, credit in credits.items() if credit)}
    return [
        _standing(request, code, by_currency.get(code, []), credits.get(code, 0), left)
        for code in sorted(codes, key=lambda code: (code != customer.currency, code))
    ]


def announced(request: PortalRequest) -> list[tuple[Remittance, str, str]]:
    """Payments that the customer announced and that are not here yet."""
    rows = list_remittances(request.organization.pk).filter(
        customer=request.customer, status=Remittance.Status.ANNOUNCED
    )
    found = []
    for row in rows[:20]:
        formats = formats_of(request, row.currency)
        found.append((row, formats.money(row.amount), formats.date(row.created_at.date())))
    return found


def _standing(
    request: PortalRequest, code: str, invoices: list[Invoice], credit: int, left: dict[int, int]
) -> Standing:
    formats = formats_of(request, code)
    items = [
        OpenItem(
            invoice=invoice,
            due=formats.date(invoice.due_date),
            amount=formats.money(invoice.amount_due),
            days_overdue=invoice.days_overdue(request.today),
            left=left[invoice.pk],
        )
        for invoice in invoices
    ]
    late = sum(row.amount_due for row in invoices if row.days_overdue(request.today))
    return Standing(
        currency=code,
        items=items,
        total=formats.money(sum(row.amount_due for row in invoices)),
        overdue=formats.money(late) if late else "",
        credit=formats.money(credit) if credit else "",
        payable=any(item.left for item in items),
    )


def _latest_payments(request: PortalRequest) -> list[dict[str, Any]]:
    rows = shown_payments(request.organization.pk, request.customer.pk)
    return [
        {
            "payment": payment,
            "amount": formats_of(request, payment.currency).money(payment.amount),
            "date": formats_of(request, payment.currency).date(payment.payment_date),
            "method": request.words[payment.method],
        }
        for payment in rows.order_by("-payment_date", "-pk")[:_LATEST]
    ]
