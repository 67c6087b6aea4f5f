"""Tax rules."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from billing.models import Invoice, TaxProfile
from billing.operations.credit_notes import create_credit_note
from billing.operations.lines import TaxProfileRetired
from billing.operations.quote_answers import convert_quote, open_quote
from billing.operations.tax_profiles import (
    TaxProfileNameTaken,
    delete_tax_profile,
    update_tax_profile,
)
from core import exactjson
from core.errors import Forbidden, InvalidValue, NotFound
from core.models import Event
from tests import builders
from tests.instants import AT


def test_a8_rate_keeps_its_decimals(actor: Actor) -> None:
    profile = builders.tax_profile(actor, "9.975")
    profile.refresh_from_db()
    assert (profile.rate, profile.category) == (Decimal("9.975"), "S")


def test_f3_a_category_without_tax_has_its_reason(actor: Actor) -> None:
    assert builders.tax_profile(actor, "0", name="a", category="E").exemption_reason == (
        "Exempt from tax"
    )
    assert builders.tax_profile(actor, "0", name="b", category="Z").exemption_reason == ""
    own = builders.tax_profile(actor, "0", name="c", category="E", exemption_reason="Art. 132")
    assert own.exemption_reason == "Art. 132"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"rate": Decimal("100.1")}, "rate"),
        ({"rate": Decimal(-1)}, "rate"),
        ({"rate": Decimal(19), "category": "AE"}, "rate"),
        ({"category": "X"}, "category"),
        ({"kind": "fixed"}, "fixed_amount"),
        ({"kind": "fixed", "fixed_amount": Decimal("0.30")}, "currency"),
    ],
)
def test_refused_by_field(actor: Actor, fields: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        builders.tax_profile(actor, **fields)
    assert refused.value.param == param
    assert not TaxProfile.objects.exists()


def test_a10_fixed_tax_is_an_amount_of_its_currency(actor: Actor) -> None:
    profile = builders.tax_profile(
        actor, "5", name="Eco", kind="fixed", fixed_amount=Decimal("0.30"), currency="USD"
    )
    assert (profile.rate, profile.fixed_amount) == (0, Decimal("0.30"))
    lines = [builders.line("1.90", "2", tax_profile_id=profile.pk)]
    assert builders.draft_invoice(actor, lines=lines).total == 440
    with pytest.raises(InvalidValue):
        builders.draft_invoice(actor, lines=lines, currency="EUR")


def test_a22_two_profiles_of_one_rate_are_one_group(actor: Actor) -> None:
    one, two = builders.tax_profile(actor, "21"), builders.tax_profile(actor, "21", name="Other")
    lines = [
        builders.line("50.00", tax_profile_id=one.pk),
        builders.line("30.00", tax_profile_id=two.pk),
    ]
    group = builders.draft_invoice(actor, lines=lines).taxes.get()
    assert (group.base_amount, group.tax_amount) == (8000, 1680)


def test_names_are_unique_among_those_in_use(actor: Actor) -> None:
    first = builders.tax_profile(actor, "10", name="VAT")
    with pytest.raises(TaxProfileNameTaken):
        builders.tax_profile(actor, "20", name="VAT")
    update_tax_profile(actor=actor, at=AT, tax_profile_id=first.pk, is_active=False)
    assert builders.tax_profile(actor, "20", name="VAT").rate == 20
    with pytest.raises(TaxProfileNameTaken):
        update_tax_profile(actor=actor, at=AT, tax_profile_id=first.pk, is_active=True)


def test_update_tells_only_what_changed(actor: Actor) -> None:
    profile = builders.tax_profile(actor, "10")
    update_tax_profile(actor=actor, at=AT, tax_profile_id=profile.pk, rate=Decimal(11))
    event = Event.objects.get(type="tax_profile.updated")
    assert exactjson.loads(event.previous) == {"rate": 10}


def test_used_is_retired_and_unused_deleted(actor: Actor) -> None:
    unused, used = builders.tax_profile(actor, "1"), builders.tax_profile(actor, "2")
    builders.draft_invoice(actor, lines=[builders.line("1.00", tax_profile_id=used.pk)])
    for profile in (unused, used):
        delete_tax_profile(actor=actor, at=AT, tax_profile_id=profile.pk)
    with pytest.raises(TaxProfileRetired):
        builders.draft_invoice(actor, lines=[builders.line("1.00", tax_profile_id=used.pk)])
    assert [(p.pk, p.is_active) for p in TaxProfile.objects.all()] == [(used.pk, False)]


def test_a_product_does_not_charge_a_retired_tax(actor: Actor) -> None:
    profile = builders.tax_profile(actor)
    goods = builders.product(actor, tax_profile_id=profile.pk)
    delete_tax_profile(actor=actor, at=AT, tax_profile_id=profile.pk)
    with pytest.raises(TaxProfileRetired) as refusal:
        builders.draft_invoice(actor, lines=[{"product_id": goods.pk, "quantity": Decimal(1)}])
    assert refusal.value.param == "line_items.0.product_id"
    assert not Invoice.objects.exists()


def test_a_profile_that_a_quote_or_a_credit_note_bears_is_kept(actor: Actor) -> None:
    quoted, charged, credited = (builders.tax_profile(actor, rate) for rate in ("1", "2", "0"))
    quote = builders.draft_quote(
        actor,
        lines=[builders.line("100.00", tax_profile_id=quoted.pk)],
        charges=[{"name": "Freight", "amount": Decimal(5), "tax_profile_id": charged.pk}],
    )
    create_credit_note(
        actor=actor,
        at=AT,
        customer_id=quote.customer_id,
        lines=[builders.line("1.00", tax_profile_id=credited.pk)],
    )
    for profile in (quoted, charged, credited):
        delete_tax_profile(actor=actor, at=AT, tax_profile_id=profile.pk)
    assert TaxProfile.objects.filter(is_active=False).count() == 3
    open_quote(actor=actor, at=AT, quote_id=quote.pk)
    invoice = convert_quote(actor=actor, at=AT, quote_id=quote.pk)
    assert {tax.tax_profile_id for tax in invoice.taxes.all()} == {quoted.pk, charged.pk}


def test_viewer_and_stranger(actor: Actor, bob_actor: Actor, mallory_actor: Actor) -> None:
    profile = builders.tax_profile(actor)
    with pytest.raises(Forbidden):
        builders.tax_profile(bob_actor)
    with pytest.raises(NotFound):
        update_tax_profile(actor=mallory_actor, at=AT, tax_profile_id=profile.pk, rate=Decimal(0))
