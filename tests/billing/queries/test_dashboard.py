"""The dashboard's figures."""

import datetime
from decimal import Decimal
from typing import Any

from accounts.actors import Actor
from billing.operations.issuing import void_invoice
from billing.operations.payments import record_payment
from billing.queries.dashboard import figures
from core.money import Money
from tests import builders
from tests.instants import AT, TODAY


def _usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def test_figures_per_currency(actor: Actor) -> None:
    vat = builders.tax_profile(actor, "10")
    lines = [builders.line("100.00", tax_profile_id=vat.pk)]
    paid = builders.issued_invoice(actor, lines=lines)
    builders.issued_invoice(actor, "70.00", issue_date=datetime.date(2024, 11, 30))
    builders.issued_invoice(actor, "5.00", currency="EUR")
    builders.draft_invoice(actor, "1000.00")
    void = builders.issued_invoice(actor, "500.00")
    void_invoice(actor=actor, at=AT, invoice_id=void.pk)
    for amount, day in (("60.00", TODAY), ("10.00", datetime.date(2024, 12, 16))):
        record_payment(
            actor=actor,
            at=AT,
            amount=Decimal(amount),
            currency="USD",
            method="cash",
            payment_date=day,
            invoice_id=paid.pk,
        )
    result = figures(actor.organization_id, TODAY)
    usd, eur = result.currencies
    assert (usd.currency, eur.currency) == ("USD", "EUR")
    assert (usd.outstanding, usd.open_count) == (_usd("110.00"), 2)
    assert (usd.overdue, usd.overdue_count) == (_usd("70.00"), 1)
    assert usd.paid_last_30_days == _usd("60.00")
    months = dict(usd.revenue_by_month)
    assert len(months) == 12
    assert list(months)[0] == datetime.date(2024, 2, 1)
    assert months[datetime.date(2025, 1, 1)] == _usd("100.00")
    assert months[datetime.date(2024, 11, 1)] == _usd("70.00")
    assert months[datetime.date(2024, 12, 1)] == _usd("0.00")
    assert eur.outstanding == Money(Decimal("5.00"), "EUR")
    assert result.draft_count == 1


def test_nothing_yet_is_nothing_of_anothers(
    actor: Actor, mallory_actor: Actor, django_assert_max_num_queries: Any
) -> None:
    builders.issued_invoice(mallory_actor)
    with django_assert_max_num_queries(12):
        result = figures(actor.organization_id, TODAY)
    assert result.currencies == []
    assert result.draft_count == 0
