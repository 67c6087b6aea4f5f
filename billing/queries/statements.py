"""A customer's statement of account: what was owed, what happened, what is owed now.

It is read from the books: an entry counts by what it moves on the customer's receivables
and credit, so that opening balance and lines always come to the closing balance, and that
is the sum of what is open on the day (E6).
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, Sum

from accounts.models import Organization
from billing.models import CreditNote, Customer, Invoice, LedgerAccount, Payment, Posting, Refund
from billing.queries.ageing import ageing_by_customer
from billing.queries.customers import get_customer
from billing.queries.lookup import Ref
from billing.queries.open_items import OpenItem, open_items
from billing.queries.organizations import get_organization
from billing.queries.spans import Span

_Role = LedgerAccount.SystemRole
_OWED = (_Role.RECEIVABLES, _Role.CUSTOMER_CREDIT)
_GIVEN_UP = (_Role.WRITE_OFF, _Role.BAD_DEBT)

# Kind of journal entry -> (type of line, what it is called).
_TYPES = {
    "invoice.issued": ("invoice", "Invoice"),
    "invoice.voided": ("invoice_voided", "Invoice voided"),
    "payment.succeeded": ("payment", "Payment"),
    "payment.deleted": ("payment_deleted", "Payment taken back"),
    "credit_note.created": ("credit_note", "Credit note"),
    "credit_note.voided": ("credit_note_voided", "Credit note voided"),
    "refund.created": ("refund", "Refund"),
}
_OTHER = ("adjustment", "Adjustment")
_WRITE_OFF = ("write_off", "Written off")
TYPES = (*(kind for kind, _ in _TYPES.values()), _WRITE_OFF[0], _OTHER[0])

# Type of line -> (the sum it belongs to, its sign there). Reductions are summed positively.
_SUMS = {
    "invoice": ("invoiced", 1),
    "invoice_voided": ("invoiced", 1),
    "payment": ("paid", -1),
    "payment_deleted": ("paid", -1),
    "credit_note": ("credited", -1),
    "credit_note_voided": ("credited", -1),
    "refund": ("refunded", 1),
    "write_off": ("written_off", -1),
    "adjustment": ("adjusted", 1),
}
# The name of a journal entry's source -> the model, and the columns that a line shows of it.
_SOURCES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "invoice": (Invoice, ("number", "purchase_order", "due_date")),
    "payment": (Payment, ("number", "reference")),
    "creditnote": (CreditNote, ("number", "invoice__number")),
    "refund": (Refund, ("number", "reason")),
}
_BATCH = 10_000


@dataclass(slots=True)
class StatementLine:
    """One movement, minor units: positive is more to pay, negative less.

    `balance` is what was owed after it. `source` and `source_id` name the document.
    """

    date: datetime.date
    type: str
    title: str
    number: str
    reference: str
    source: str
    source_id: uuid.UUID | None
    due_date: datetime.date | None
    amount: int
    balance: int = 0


@dataclass(slots=True)
class StatementSection:
    """One currency, minor units.

    closing = opening + invoiced - paid - credited + refunded - written_off + adjusted
            = the open items + unapplied_credits (zero or negative).
    """

    currency: str
    opening: int = 0
    lines: list[StatementLine] = field(default_factory=list)
    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_sum_names(), 0))
    open_items: list[OpenItem] = field(default_factory=list)
    unapplied_credits: int = 0

    @property
    def closing(self) -> int:
        return self.lines[-1].balance if self.lines else self.opening


@dataclass(slots=True)
class Statement:
    """Sections by currency; the customer's own or the one asked for comes first."""

    customer: Customer
    span: Span
    sections: list[StatementSection]


def statement_of(
    organization: Organization, customer: Customer, span: Span, *, currency: str | None = None
) -> Statement:
    """The customer's account over the span, both days included, per currency."""
    main = currency or customer.currency or organization.currency
    sections = {main: StatementSection(main)}
    for code, opening in _opening(organization.pk, customer.pk, span, currency).items():
        sections.setdefault(code, StatementSection(code)).opening = opening
    for code, lines in _lines(organization.pk, customer.pk, span, currency).items():
        sections.setdefault(code, StatementSection(code)).lines = lines
    _add_open_items(organization.pk, customer.pk, span, currency, sections)
    for section in sections.values():
        _sum_up(section)
    others = sorted(
        code
        for code, section in sections.items()
        if code != main and (section.lines or section.opening or section.unapplied_credits)
    )
    return Statement(customer, span, [sections[code] for code in (main, *others)])


def customer_statement(
    organization_id: int, customer_id: Ref, from_date: datetime.date, to_date: datetime.date
) -> Statement:
    """The account of that customer from one day to another, both included. Raises NotFound."""
    customer = get_customer(organization_id, customer_id)
    return statement_of(get_organization(organization_id), customer, Span(from_date, to_date))


def _postings(
    organization_id: int, customer_id: int, currency: str | None, **conditions: Any
) -> Any:
    rows = Posting.objects.of(organization_id).filter(customer_id=customer_id, **conditions)
    return rows.filter(currency=currency) if currency else rows


def _opening(
    organization_id: int, customer_id: int, span: Span, currency: str | None
) -> dict[str, int]:
    rows = _postings(organization_id, customer_id, currency, entry_date__lt=span.start)
    rows = rows.filter(account__system_role__in=_OWED).order_by()
    sums = rows.values_list("currency").annotate(sum=Sum("amount"))
    return {code: int(amount) for code, amount in sums}


def _lines(
    organization_id: int, customer_id: int, span: Span, currency: str | None
) -> dict[str, list[StatementLine]]:
    rows = _postings(organization_id, customer_id, currency, **span.lookup("entry_date"))
    names = ("entry__kind", "entry__source_type", "entry__source_id", "currency")
    entries = (
        rows.order_by("entry_date", "entry__pk", "currency")
        .values_list("entry_date", "entry__pk", *names)
        .annotate(
            owed=Sum("amount", filter=Q(account__system_role__in=_OWED)),
            given_up=Sum("amount", filter=Q(account__system_role__in=_GIVEN_UP)),
        )
    )
    found = [row for row in entries if row[-1] or row[-2]]
    documents = _documents(organization_id, ((row[3], row[4]) for row in found))
    lines: dict[str, list[StatementLine]] = defaultdict(list)
    for date, _entry, kind, source, source_id, code, owed, given_up in found:
        written_off = int(given_up or 0)
        parts = [(_TYPES.get(kind, _OTHER), int(owed or 0) + written_off)]
        parts.append((_WRITE_OFF, -written_off))
        for (type_, title), amount in parts:
            if amount:
                key, number, reference, due = documents.get(
                    (source, source_id), (None, "", "", None)
                )
                lines[code].append(
                    StatementLine(
                        date=date,
                        type=type_,
                        title=title,
                        number=number or "",
                        reference=reference or "",
                        source=source,
                        source_id=key,
                        due_date=due if type_ == "invoice" else None,
                        amount=amount,
                    )
                )
    return lines


def _documents(
    organization_id: int, wanted: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], tuple[Any, ...]]:
    """(uuid, number, reference, due date) of each document that an entry is about."""
    by_source: dict[str, set[int]] = defaultdict(set)
    for source, pk in wanted:
        by_source[source].add(pk)
    found = {}
    for source, ids in by_source.items():
        if source not in _SOURCES:
            continue
        model, columns = _SOURCES[source]
        ordered = sorted(ids)
        for start in range(0, len(ordered), _BATCH):
            rows = model.objects.of(organization_id).filter(pk__in=ordered[start : start + _BATCH])
            for pk, key, number, reference, *due in rows.values_list("pk", "uuid", *columns):
                found[source, pk] = key, number, reference, *(due or [None])
    return found


def _add_open_items(
    organization_id: int,
    customer_id: int,
    span: Span,
    currency: str | None,
    sections: dict[str, StatementSection],
) -> None:
    for item in open_items(organization_id, customer_id, span.end, currency=currency):
        section = sections.setdefault(item.currency, StatementSection(item.currency))
        section.open_items.append(item)
    for row in ageing_by_customer(
        organization_id, span.end, customer_id=customer_id, currency=currency
    ):
        section = sections.setdefault(row.currency, StatementSection(row.currency))
        section.unapplied_credits = row.credits


def _sum_up(section: StatementSection) -> None:
    balance = section.opening
    for line in section.lines:
        balance += line.amount
        line.balance = balance
        name, sign = _SUMS[line.type]
        section.sums[name] += sign * line.amount


def _sum_names() -> list[str]:
    return list(dict.fromkeys(name for name, _ in _SUMS.values()))
