"""The payments report as a table."""

import uuid
from collections.abc import Callable, Iterator

from accounts.models import Organization
from billing.models import PaymentMethod
from billing.reports.payments import (
    GATEWAY,
    METHOD,
    PaymentFigures,
    PaymentReport,
    PaymentRow,
)
from billing.reports.periods import STEPS
from billing.reports.sales import CUSTOMER
from billing.reports.sales_tables import CURRENCY, PERIOD_COLUMNS
from billing.reports.table import Column, Kind, Row, Table
from billing.reports.wording import span_in_words

NO_GATEWAY = "No gateway"

_FIGURES = (
    Column("count", "Payments", Kind.COUNT),
    Column("amount", "Received", Kind.MONEY),
    Column("refunds_count", "Refunds", Kind.COUNT),
    Column("refunded", "Refunded", Kind.MONEY),
    Column("refunded_out_of_band", "Of it outside", Kind.MONEY),
    Column("net", "Net", Kind.MONEY),
    Column("pending_count", "Pending", Kind.COUNT),
    Column("pending_amount", "Pending amount", Kind.MONEY),
    Column("failed_count", "Failed", Kind.COUNT),
    Column("failed_amount", "Failed amount", Kind.MONEY),
)


def figures(sums: PaymentFigures) -> dict[str, int]:
    """A row's figures under the names that every rendering of it uses."""
    return {column.key: getattr(sums, column.key) for column in _FIGURES}


def label(row: PaymentRow, group_by: str) -> str:
    """The method, gateway or customer in words; nothing for a period."""
    if row.customer is not None:
        return row.customer.name
    if group_by == METHOD:
        return str(PaymentMethod(row.word).label)
    return row.word or (NO_GATEWAY if group_by == GATEWAY else "")


def payments_table(
    report: PaymentReport,
    organization: Organization,
    spell_id: Callable[[uuid.UUID], str] | None = None,
) -> Table:
    """By period, method, gateway or customer. With `spell_id` it is for programs: every
    figure, and ids."""
    heads: tuple[Column, ...] = {
        METHOD: (Column("payment_method", "Method"),),
        GATEWAY: (Column("gateway", "Gateway"),),
        CUSTOMER: (Column("customer_id", "Customer id"), Column("customer_name", "Customer")),
    }.get(report.group_by, PERIOD_COLUMNS)
    if report.group_by == CUSTOMER and spell_id is None:
        heads = heads[1:]
    first = next(column for column in heads if column.key != "customer_id")
    return Table(
        key="payments",
        title="Payments",
        subtitle=(span_in_words(organization, report.span),),
        columns=[*heads, CURRENCY, *(_FIGURES if spell_id else _for_people(report))],
        rows=_rows(report, spell_id),
        totals=[
            {
                first.key: report.span.start if report.group_by in STEPS else "Total",
                "period_end": report.span.end,
                "currency": section.currency,
                **figures(section.summary),
            }
            for section in report.sections
        ],
        day=report.span.end,
        notes=(
            "Payments count on their dates and refunds on theirs. Pending and failed payments"
            " are in no other figure.",
        ),
    )


def _for_people(report: PaymentReport) -> list[Column]:
    """Without the columns of what did not happen at all."""
    rare = {"refunded_out_of_band", "pending_count", "pending_amount"}
    rare |= {"failed_count", "failed_amount"}
    happened = {
        key
        for section in report.sections
        for key, amount in figures(section.summary).items()
        if amount
    }
    return [column for column in _FIGURES if column.key not in rare - happened]


def _rows(report: PaymentReport, spell_id: Callable[[uuid.UUID], str] | None) -> Iterator[Row]:
    for section in report.sections:
        for row in section.rows:
            yield {
                **_named(row, report.group_by, spell_id),
                "currency": section.currency,
                **figures(row.figures),
            }


def _named(row: PaymentRow, group_by: str, spell_id: Callable[[uuid.UUID], str] | None) -> Row:
    """Words for people, and the names of the interface where it is for programs."""
    if row.period is not None:
        return {"period": row.period.start, "period_end": row.period.end}
    words = label(row, group_by) if spell_id is None else row.word
    if row.customer is not None:
        spell = spell_id or str
        return {"customer_id": spell(row.customer.uuid), "customer_name": row.customer.name}
    return {"payment_method": words, "gateway": words}
