"""Ageing, cash flow and statements."""

from collections.abc import Mapping

from billing.queries.ageing import DEFAULT_PERIODS
from billing.queries.statements import TYPES
from billing.reports.ageing import bucket_keys
from billing.reports.cash_flow import GROUPS
from integrations.dialects.base.shapes import (
    Many,
    Node,
    Shape,
    choice,
    day,
    maybe,
    number,
    text,
    whole,
)
from integrations.dialects.enterprise.shapes.resources import reference

_DEFAULT_KEYS = bucket_keys(DEFAULT_PERIODS)
_CREDITS = number(
    "Only with `include_credits`: what is part of `current` and is credit nobody applied yet;"
    " zero or negative."
)


def in_every_currency(name: str, fields: Mapping[str, Node]) -> Shape:
    """A report of one currency, with the others in the same shape below it."""
    section = Shape(
        name=f"{name}Section", fields=fields, description="The same report in another currency."
    )
    others = Many(section, "Every other currency that has figures; empty with `currency`.")
    return Shape(name=name, fields={**fields, "other_currencies": others})


def _buckets(name: str, label: Mapping[str, Node]) -> Shape:
    return Shape(
        name=name,
        fields={
            **label,
            "current": number("Not yet due on that day."),
            **{key: number() for key in _DEFAULT_KEYS[1:]},
            "total_due": number("The sum of the buckets."),
            "unapplied_credits": _CREDITS,
        },
        optional=frozenset([*_DEFAULT_KEYS[1:], "unapplied_credits"]),
        description="With other `aging_periods` the buckets are called by the same pattern:"
        " `1_15_days`, `16_60_days`, `over_60_days`.",
        rest=number(),
    )


AGING = in_every_currency(
    "AgingReport",
    {
        "object": choice("aging_report"),
        "as_of_date": day(),
        "currency": text(),
        "aging_periods": Many(whole()),
        "summary": _buckets("AgingBuckets", {}),
        "customers": Many(
            _buckets(
                "AgingCustomer",
                {"customer_id": reference("customer"), "customer_name": text()},
            )
        ),
    },
)

_FLOW: Mapping[str, Node] = {
    "payments": number("Received, less what was taken back."),
    "refunds": number("Given back to customers."),
    "other_in": number(),
    "other_out": number(),
    "net_cash_flow": number("payments - refunds + other_in - other_out."),
}
_NO_BALANCE = "Null when grouped by method: methods hold no money."
CASH_FLOW = in_every_currency(
    "CashFlowReport",
    {
        "object": choice("cash_flow_report"),
        "start_date": day(),
        "end_date": day(),
        "currency": text(),
        "group_by": choice(*GROUPS),
        "data": Many(
            Shape(
                name="CashFlowRow",
                fields={
                    "period": day("The first day of the period."),
                    "period_end": day("Its last day."),
                    "account": text("The account's number in our books."),
                    "method": maybe(text("How it was paid; null for what is no payment.")),
                    "name": text("The account or method in words."),
                    "opening_balance": maybe(number(_NO_BALANCE)),
                    **_FLOW,
                    "closing_balance": maybe(number(_NO_BALANCE)),
                },
                optional=frozenset(["period", "period_end", "account", "method", "name"]),
            )
        ),
        "summary": Shape(
            name="CashFlowSummary",
            fields={"opening_balance": number(), **_FLOW, "closing_balance": number()},
        ),
    },
)

STATEMENT = in_every_currency(
    "CustomerStatement",
    {
        "object": choice("customer_statement"),
        "customer_id": reference("customer"),
        "customer_name": text(),
        "start_date": day(),
        "end_date": day(),
        "currency": text(),
        "opening_balance": number("What was owed before the first day."),
        "lines": Many(
            Shape(
                name="StatementLine",
                fields={
                    "date": day(),
                    "type": choice(*TYPES),
                    "description": text(),
                    "id": maybe(text("The document: an invoice, payment, credit note or refund.")),
                    "number": maybe(text()),
                    "reference": maybe(text()),
                    "due_date": maybe(day("Of an invoice.")),
                    "amount": number("Positive is more to pay, negative less."),
                    "balance": number("What was owed after it."),
                },
            )
        ),
        "summary": Shape(
            name="StatementSummary",
            fields={
                "invoiced": number("Invoices less those voided."),
                "paid": number("Payments less those taken back."),
                "credited": number("Credit notes less those voided."),
                "refunded": number(),
                "written_off": number(),
                "adjusted": number("Whatever else moved the account; positive is more to pay."),
            },
        ),
        "closing_balance": number(
            "opening + invoiced - paid - credited + refunded - written_off + adjusted; also the"
            " open items and the unapplied credits together."
        ),
        "open_items": Many(
            Shape(
                name="StatementOpenItem",
                fields={
                    "invoice_id": reference("invoice"),
                    "number": text(),
                    "issue_date": day(),
                    "due_date": day("Of the invoice, or of its instalment."),
                    "days_overdue": whole(),
                    "amount_due": number(),
                },
            )
        ),
        "unapplied_credits": number("Zero or negative."),
    },
)
