"""Policies, late invoices and days that pass, for the tests of late fees."""

import datetime
from decimal import Decimal
from typing import Any

from accounts.actors import Actor
from billing.models import Invoice, LateFee, LateFeePolicy
from billing.operations.late_fee_policies import set_late_fee_policy
from billing.operations.late_fees import charge_late_fees
from billing.operations.payments import record_payment
from tests.builders import issued_invoice
from tests.instants import AT, TODAY

ONE_DAY = datetime.timedelta(days=1)


def day_of(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def noon(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"{text}T11:00:00+00:00")


def policy(actor: Actor, **fields: Any) -> LateFeePolicy:
    values = {"is_enabled": True, "fee_type": "percent", "fee_value": Decimal(10), **fields}
    return set_late_fee_policy(actor=actor, at=AT, **values)


def late(actor: Actor, total: str = "1000.00", due: str = "2025-01-20", **fields: Any) -> Invoice:
    return issued_invoice(actor, total, due_date=day_of(due), **fields)


def paid(actor: Actor, invoice: Invoice, amount: str, on: datetime.date = TODAY) -> None:
    record_payment(
        actor=actor,
        at=AT,
        invoice_id=invoice.pk,
        amount=Decimal(amount),
        currency=invoice.currency,
        payment_date=on,
        method="bank_transfer",
    )


def fees(invoice: Invoice) -> list[tuple[str, str, str]]:
    """(kind, intended date, major units) of what was charged."""
    rows = LateFee.objects.filter(invoice=invoice).order_by("pk")
    return [
        (row.kind, row.intended_date.isoformat(), f"{Decimal(row.amount) / 100:.2f}")
        for row in rows
    ]


def each_day(until: str, times: int = 1) -> None:
    """Every day from the day after the tests' own, that many times."""
    day = AT
    while day < noon(until):
        day += ONE_DAY
        for _ in range(times):
            charge_late_fees(at=day)
