"""Ageing, cash flow and statements as /v1 shows them."""

import datetime
import uuid
from typing import Any

from billing.queries.statements import Statement, StatementSection
from billing.reports.ageing import AgeingReport, AgeingRow, AgeingSection, bucket_keys
from billing.reports.cash_flow import CashFlowReport, CashFlowSection, figures
from integrations.dialects.base.figures import money
from integrations.dialects.enterprise.ids import wire_id

# The name of a journal entry's source -> the noun whose id is shown.
SOURCES = {
    "invoice": "invoice",
    "payment": "payment",
    "creditnote": "credit note",
    "refund": "refund",
}


def present_aging(report: AgeingReport, section: AgeingSection) -> dict[str, Any]:
    """One currency in the document's own shape."""
    return {
        "object": "aging_report",
        "as_of_date": report.on.isoformat(),
        "currency": section.currency,
        "aging_periods": [0, *report.periods],
        "summary": _buckets(report, section, section.currency),
        "customers": [
            {
                "customer_id": wire_id("customer", row.customer_id),
                "customer_name": row.customer_name,
                **_buckets(report, row, section.currency),
            }
            for row in section.rows
        ],
    }


def present_cash_flow(report: CashFlowReport, section: CashFlowSection) -> dict[str, Any]:
    """One currency: a row per period, account or method, and their sum."""
    currency = section.currency
    rows = []
    for row in section.rows:
        shown = {
            name: None if amount is None else money(amount, currency)
            for name, amount in figures(row.flow, row.opening, row.closing).items()
        }
        if row.period is not None:
            label: dict[str, Any] = {
                "period": _day(row.period.start),
                "period_end": _day(row.period.end),
            }
        else:
            label = {report.group_by: row.key or None, "name": row.label}
        rows.append({**label, **shown})
    totals = figures(section.total, section.opening, section.closing)
    return {
        "object": "cash_flow_report",
        "start_date": _day(report.span.start),
        "end_date": _day(report.span.end),
        "currency": currency,
        "group_by": report.group_by,
        "data": rows,
        "summary": {name: money(amount or 0, currency) for name, amount in totals.items()},
    }


def present_statement(statement: Statement, section: StatementSection) -> dict[str, Any]:
    """One currency of a customer's account."""
    currency = section.currency
    return {
        "object": "customer_statement",
        "customer_id": wire_id("customer", statement.customer.uuid),
        "customer_name": statement.customer.name,
        "start_date": _day(statement.span.start),
        "end_date": _day(statement.span.end),
        "currency": currency,
        "opening_balance": money(section.opening, currency),
        "lines": [
            {
                "date": _day(line.date),
                "type": line.type,
                "description": line.title,
                "id": spell_source(line.source, line.source_id) if line.source_id else None,
                "number": line.number or None,
                "reference": line.reference or None,
                "due_date": _day(line.due_date) if line.due_date else None,
                "amount": money(line.amount, currency),
                "balance": money(line.balance, currency),
            }
            for line in section.lines
        ],
        "summary": {name: money(amount, currency) for name, amount in section.sums.items()},
        "closing_balance": money(section.closing, currency),
        "open_items": [
            {
                "invoice_id": wire_id("invoice", item.invoice_id),
                "number": item.number,
                "issue_date": _day(item.issue_date),
                "due_date": _day(item.due_date),
                "days_overdue": item.days_overdue,
                "amount_due": money(item.amount_due, currency),
            }
            for item in section.open_items
        ],
        "unapplied_credits": money(section.unapplied_credits, currency),
    }


def spell_source(source: str, key: uuid.UUID) -> str:
    """The id of the document that a line is about; the bare UUID of one without a prefix."""
    return wire_id(SOURCES[source], key) if source in SOURCES else str(key)


def _buckets(report: AgeingReport, row: AgeingRow | AgeingSection, currency: str) -> dict[str, Any]:
    keys = bucket_keys(report.periods)
    shown = {key: money(amount, currency) for key, amount in zip(keys, row.amounts, strict=True)}
    shown["total_due"] = money(row.total_due, currency)
    if report.shows_credits:
        shown["unapplied_credits"] = money(row.unapplied_credits, currency)
    return shown


def _day(day: datetime.date) -> str:
    return day.isoformat()
