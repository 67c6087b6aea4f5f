"""Applying what a person changes on an invoice, and what a new one is given, to the row.

Nothing here saves or tells: billing.operations.invoices does.
"""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accounts.payment_terms import PaymentTerms, parse_terms
from billing.models import Customer, Invoice, InvoiceLine, InvoiceTax, Quote
from billing.models.base import DiscountType, DocumentLine
from billing.operations import drafting
from billing.operations.fields import clean_date, clean_money, clean_terms, cleaned
from billing.operations.guards import InvoiceFinalized
from billing.operations.lines import Spec, build_charges, build_lines, look_up
from billing.queries.lookup import refer
from billing.totals import TaxGroup
from core.currencies import get_currency
from core.errors import InvalidValue
from core.money import from_minor

HEADER = drafting.HEADER | {
    "tax_point_date",
    "payment_means_code",
    "payment_reference",
    "kind",
    "reminders_enabled",
}
MONEY = frozenset(
    {
        "customer_id",
        "lines",
        "total",
        "issue_date",
        "due_date",
        "payment_terms",
        "currency",
        "exchange_rate",
        "discount_type",
        "discount_value",
        "charges",
        "prices_include_tax",
    }
)
# What may still change once the invoice is issued (B7).
ALWAYS = frozenset({"due_date", "notes", "metadata", "reminders_enabled"})


# What makes the sums change when it changes.
_PRICING = MONEY - {"due_date", "customer_id", "payment_terms"}
Rows = tuple[list[InvoiceLine], list[InvoiceTax]]
Sale = Invoice | Quote


def change_draft(invoice: Invoice, changes: dict[str, Any]) -> Rows | None:
    """Set what is given on a locked draft and add it up again by its own rules.

    Returns the lines and tax subtotals to write, or None when the sums stay as they are.
    """
    if changes.get("customer_id") is not None:
        rows = Customer.objects.of(invoice.organization_id)
        invoice.customer = refer(rows, changes["customer_id"], "customer", "customer_id")
    _change_dates(invoice, changes)
    write_header(invoice, {k: v for k, v in changes.items() if k in HEADER and v is not None})
    if not _PRICING & changes.keys():
        return None
    change_currency(invoice, changes)
    specs = None
    if changes.get("lines") is not None or changes.get("total") is not None:
        specs = given_lines(invoice, changes.get("lines"), changes.get("total"))
    lines, groups = reprice(invoice, InvoiceLine, specs, changes)
    check_total(invoice, changes.get("total"))
    return lines, drafting.tax_rows(InvoiceTax, invoice, groups)


def reprice(
    document: Sale,
    line_class: type[DocumentLine],
    specs: Sequence[Spec] | None,
    changes: dict[str, Any],
) -> tuple[list[Any], list[TaxGroup]]:
    """Set what makes the sums change, and add up again by the document's own rules.

    The currency is settled before. The lines come from `specs`, or are those that are
    there, to be written anew.
    """
    if changes.get("prices_include_tax") is not None:
        document.prices_include_tax = changes["prices_include_tax"]
    kind = changes.get("discount_type", document.discount_type)
    value = changes.get("discount_value", document.discount_value)
    drafting.set_discount(document, kind, value if kind or "discount_value" in changes else 0)
    lines = _lines(document, line_class, specs, changes.get("charges"))
    return lines, drafting.add_up(document, lines)


def change_issued(invoice: Invoice, changes: dict[str, Any]) -> None:
    """Set what may still change; what is given unchanged is no change (B7).

    Raises InvoiceFinalized naming the first field that would change.
    """
    for name, value in changes.items():
        if name not in ALWAYS and not _is_same(invoice, name, value):
            raise InvoiceFinalized(
                number=invoice.number, status=invoice.status, field=name, param=name
            )
    if changes.get("due_date") is not None:
        set_due_date(invoice, changes["due_date"])
    free = ("notes", "metadata", "reminders_enabled")
    write_header(invoice, {k: changes[k] for k in free if changes.get(k) is not None})


def _is_same(invoice: Invoice, name: str, value: Any) -> bool:
    if value is None:
        return True
    if name in ("lines", "total", "charges"):
        return False
    if name == "customer_id":
        return value in (invoice.customer_id, invoice.customer.uuid, str(invoice.customer.uuid))
    return bool(getattr(invoice, name) == value)


def _lines(
    document: Sale,
    line_class: type[DocumentLine],
    specs: Sequence[Spec] | None,
    charges: Sequence[Spec] | None,
) -> list[Any]:
    """The lines to be: new ones from specs, or those that are there, to be written anew."""
    catalogue = look_up(document.organization_id, [*(specs or ()), *(charges or ())])
    if charges is not None:
        document.charges = build_charges(
            charges, currency=document.currency, customer=document.customer, catalogue=catalogue
        )
    if specs is not None:
        return build_lines(
            line_class,
            organization_id=document.organization_id,
            currency=document.currency,
            customer=document.customer,
            specs=specs,
            catalogue=catalogue,
        )
    kept: list[Any] = list(document.lines.all())
    for line in kept:
        # Same public id, new row: the rows of a draft are replaced as a whole.
        line.pk = None
        line._state.adding = True
    return kept


def _change_dates(invoice: Invoice, changes: dict[str, Any]) -> None:
    if changes.get("issue_date") is not None:
        invoice.issue_date = clean_date(changes["issue_date"], param="issue_date")
    given = changes.get("payment_terms")
    if given is not None:
        set_terms(invoice, changes.get("due_date"), clean_terms(given))
    elif changes.get("due_date") is not None or invoice.due_date < invoice.issue_date:
        set_due_date(invoice, changes.get("due_date"))
    if invoice.payment_terms and {"issue_date", "due_date"} & changes.keys():
        set_terms(invoice, invoice.due_date, parse_terms(invoice.payment_terms))


def change_currency(document: Sale, changes: dict[str, Any]) -> None:
    """Set the currency and the rate that goes with it, before anything is priced in it."""
    currency = get_currency(changes.get("currency") or document.currency).code
    rate_so_far = document.exchange_rate
    if currency != document.currency:
        _require_new_amounts(document, changes)
        document.currency = currency
        document.cash_rounding_minor = 0
        rate_so_far = Decimal(1)
    if {"currency", "issue_date", "exchange_rate"} & changes.keys():
        drafting.set_exchange_rate(document, changes.get("exchange_rate"), rate_so_far)


def _require_new_amounts(document: Sale, changes: dict[str, Any]) -> None:
    """Amounts written in one currency never turn into the same number of another."""
    stale = [
        changes.get("lines") is None and changes.get("total") is None,
        bool(document.charges) and changes.get("charges") is None,
        document.discount_type == DiscountType.FIXED and "discount_value" not in changes,
    ]
    if any(stale):
        raise InvalidValue(
            "Give lines, charges and a fixed discount again, in the new currency.",
            param="currency",
        )


def set_terms(
    invoice: Invoice, due: datetime.date | None, terms: PaymentTerms | None = None
) -> None:
    """The terms, by default the customer's, and the due date and discount that follow (C8, D4).

    A due date that is given counts, and a discount then lasts no longer than that.
    Raises InvalidValue.
    """
    if terms is None:
        terms = drafting.terms_of(invoice.organization, invoice.customer)
    invoice.payment_terms = str(terms)
    set_due_date(invoice, due)
    invoice.early_discount_percent = terms.discount_percent
    until = invoice.issue_date + datetime.timedelta(days=terms.discount_days)
    invoice.early_discount_until = min(until, invoice.due_date) if terms.discount_percent else None


def set_due_date(invoice: Invoice, given: datetime.date | None) -> None:
    """The given day, or the one by the invoice's own payment terms. Raises InvalidValue."""
    if given is None:
        terms = (
            parse_terms(invoice.payment_terms)
            if invoice.payment_terms
            else drafting.terms_of(invoice.organization, invoice.customer)
        )
        given = drafting.due_by(terms, invoice.issue_date, invoice.organization.country)
    invoice.due_date = clean_date(given, param="due_date")
    if invoice.due_date < invoice.issue_date:
        raise InvalidValue(
            f"The due date is before the issue date {invoice.issue_date}.", param="due_date"
        )


def write_header(invoice: Invoice, values: dict[str, Any]) -> None:
    """Set fields of HEADER. Raises InvalidValue naming the field."""
    own = {name: values[name] for name in values if name not in drafting.HEADER}
    for name, value in cleaned(Invoice, own, HEADER).items():
        setattr(invoice, name, value)
    drafting.write_header(
        invoice, {name: values[name] for name in values if name in drafting.HEADER}
    )


def given_lines(
    invoice: Invoice, lines: Sequence[Spec] | None, total: Decimal | None
) -> Sequence[Spec]:
    """The lines, or the one line that a bare total stands for (A24). Raises InvalidValue."""
    if total is not None and clean_money(total, invoice.currency, param="total") < 0:
        raise InvalidValue("A total cannot be negative. Make a credit note instead.", param="total")
    if lines is not None or total is None:
        return lines or []
    name = "Invoice total"
    return [{"name": name, "quantity": Decimal(1), "unit_price": total, "tax_profile_ids": []}]


def check_total(invoice: Invoice, total: Decimal | None) -> None:
    """Raises InvalidValue with both numbers when the sum is another one (A24)."""
    if total is None:
        return
    if clean_money(total, invoice.currency, param="total") != invoice.total:
        have = from_minor(invoice.total, invoice.currency)
        raise InvalidValue(f"The lines add up to {have}, not to {total:f}.", param="total")
