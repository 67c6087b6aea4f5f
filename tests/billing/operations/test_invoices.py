"""Drafts: written, added up, changed, copied, thrown away."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.operations.organizations import update_organization
from billing.models import ExchangeRate, Invoice, NumberRegister
from billing.operations.invoices import (
    create_invoice,
    update_invoice,
)
from billing.operations.lines import PriceInOtherCurrency, ProductNotForSale
from billing.operations.products import delete_product, update_product
from billing.operations.tax_profiles import update_tax_profile
from billing.queries.invoices import get_invoice
from billing.queries.lookup import UnknownReference
from billing.totals import AmountTooLarge, NegativePrice, NegativeTotal, Policy
from core import exactjson
from core.errors import InvalidValue
from core.models import Event
from tests import builders
from tests.builders import line
from tests.instants import AT, TODAY

LATER = AT + datetime.timedelta(hours=1)


def _events(invoice: Invoice) -> list[str]:
    rows = Event.objects.filter(subject_type="invoice", subject_id=invoice.pk)
    return list(rows.order_by("sequence").values_list("type", flat=True))


class TestCreate:
    def test_a2_the_documents_own_example(self, actor: Actor) -> None:
        vat = builders.tax_profile(actor, "10")
        hosting = builders.product(actor, "1200.00", tax_profile_id=vat.uuid)
        invoice = create_invoice(
            actor=actor,
            at=AT,
            customer_id=builders.customer(actor).uuid,
            lines=[
                {
                    "description": "Web Development Services",
                    "quantity": Decimal(40),
                    "unit_price": Decimal("150.00"),
                    "tax_profile_id": vat.uuid,
                },
                {"product_id": hosting.uuid, "quantity": Decimal(1)},
            ],
            discount_type="percent",
            discount_value=Decimal(10),
            notes="Payment due within 30 days",
            terms="Net 30",
            template="tmpl_modern",
        )
        assert invoice.number == "INV-2025-001"
        assert (invoice.status, invoice.version) == ("draft", 1)
        assert (invoice.subtotal, invoice.discount_total) == (720000, 72000)
        assert (invoice.tax_total, invoice.total) == (64800, 712800)
        first, second = invoice.lines.all()
        assert (first.name, first.description) == ("Web Development Services", "")
        assert (first.net_amount, first.tax_amount, first.total) == (600000, 60000, 660000)
        assert second.name == "Annual Web Hosting"
        assert (second.net_amount, second.tax_amount, second.total) == (120000, 12000, 132000)
        tax = invoice.taxes.get()
        assert (tax.base_amount, tax.tax_amount, tax.tax_profile_id) == (648000, 64800, vat.pk)
        assert invoice.issue_date == TODAY
        assert invoice.due_date == datetime.date(2025, 2, 14)
        assert _events(invoice) == ["invoice.created"]

    def test_what_is_returned_is_what_is_stored(self, actor: Actor) -> None:
        vat = builders.tax_profile(actor, "19")
        made = builders.draft_invoice(
            actor, lines=[line("10.50", "2.500", tax_profile_id=vat.pk)], notes="Hi"
        )
        stored = get_invoice(actor.organization_id, made.pk)
        for field in Invoice._meta.concrete_fields:
            assert getattr(made, field.attname) == getattr(stored, field.attname), field.name
        for one, two in zip(made.lines.all(), stored.lines.all(), strict=True):
            assert one.uuid == two.uuid
            assert str(one.quantity) == str(two.quantity) == "2.5"
            assert one.taxes == two.taxes

    def test_event_tells_the_invoice_as_it_was(self, actor: Actor) -> None:
        invoice = builders.draft_invoice(actor, "100.00")
        event = Event.objects.get(type="invoice.created")
        data = exactjson.loads(event.data)
        assert (event.sequence, event.actor_label) == (1, "alice@acme.test")
        assert data["number"] == "INV-2025-001"
        assert str(data["total"]) == "100.00"
        assert data["customer"]["name"] == "Globex Corporation"
        assert data["lines"][0]["name"] == "Work"
        assert data["uuid"] == str(invoice.uuid)

    def test_few_statements(self, actor: Actor, django_assert_max_num_queries: Any) -> None:
        customer = builders.customer(actor)
        vat = builders.tax_profile(actor)
        builders.draft_invoice(actor, customer_id=customer.pk)
        lines = [line("10.00", tax_profile_id=vat.pk) for _ in range(5)]
        # Two savepoint statements, customer with organization, tax profiles; invoice, lines,
        # taxes; series, counter, register, number; event.
        with django_assert_max_num_queries(12):
            builders.draft_invoice(actor, customer_id=customer.pk, lines=lines)

    def test_due_date_follows_the_customers_terms_before_the_organizations(
        self, actor: Actor
    ) -> None:
        soon = builders.customer(actor, payment_terms_days=7)
        now = builders.customer(actor, payment_terms_days=0)
        assert builders.draft_invoice(actor, customer_id=soon.pk).due_date == datetime.date(
            2025, 1, 22
        )
        assert builders.draft_invoice(actor, customer_id=now.pk).due_date == TODAY

    def test_currency_is_the_customers(self, actor: Actor) -> None:
        customer = builders.customer(actor, currency="EUR")
        assert builders.draft_invoice(actor, customer_id=customer.pk).currency == "EUR"

    def test_b3_today_is_the_organizations_day(self, actor: Actor) -> None:
        late = datetime.datetime(2025, 12, 31, 23, 30, tzinfo=datetime.UTC)
        invoice = builders.draft_invoice(actor, at=late)
        assert (invoice.issue_date.isoformat(), invoice.number) == ("2026-01-01", "INV-2026-001")

    def test_settings_are_copied_when_it_is_made(self, actor: Actor) -> None:
        update_organization(actor=actor, at=AT, rounding="line", default_notes="Thank you")
        old = builders.draft_invoice(actor)
        update_organization(actor=actor, at=AT, rounding="group")
        assert (old.rounding, old.notes) == ("line", "Thank you")
        lines = [line("55.55"), line("11.11")]
        changed = update_invoice(actor=actor, at=LATER, invoice_id=old.pk, lines=lines)
        assert changed.rounding == "line"

    def test_a1_policy_line_and_group(self, actor: Actor) -> None:
        vat = builders.tax_profile(actor, "23")
        lines = [line("55.55", tax_profile_id=vat.pk), line("11.11", tax_profile_id=vat.pk)]
        assert builders.draft_invoice(actor, lines=lines).tax_total == 1533
        update_organization(actor=actor, at=AT, rounding="line")
        assert builders.draft_invoice(actor, lines=lines).tax_total == 1534

    def test_a18_yen_have_no_decimals(self, actor: Actor) -> None:
        vat = builders.tax_profile(actor, "10")
        lines = [line("333", "3", tax_profile_id=vat.pk)]
        invoice = builders.draft_invoice(actor, lines=lines, currency="JPY")
        assert (invoice.subtotal, invoice.tax_total, invoice.total) == (999, 100, 1099)

    def test_a25_large_amounts_stay_exact(self, actor: Actor) -> None:
        invoice = builders.draft_invoice(actor, "99999999999999.99")
        invoice.refresh_from_db()
        assert invoice.total == 9999999999999999

    def test_more_than_the_books_can_hold_is_refused(self, actor: Actor) -> None:
        with pytest.raises(AmountTooLarge, match="USD"):
            builders.draft_invoice(
                actor, "99999999999999.99", currency="EUR", exchange_rate=Decimal(10) ** 6
            )
        assert Invoice.objects.count() == 0

    def test_charges_are_taxed_on_their_own(self, actor: Actor) -> None:
        vat = builders.tax_profile(actor, "19")
        invoice = builders.draft_invoice(
            actor,
            lines=[line("100.00", tax_profile_id=vat.pk)],
            charges=[{"name": "Shipping", "amount": Decimal("5.00"), "tax_profile_id": vat.pk}],
        )
        assert (invoice.charge_total, invoice.tax_total, invoice.total) == (500, 1995, 12495)
        assert invoice.charges[0]["amount"] == "5.00"

    def test_exempt_customer_is_charged_no_tax_unless_a_line_says_so(self, actor: Actor) -> None:
        vat = builders.tax_profile(actor, "10")
        hosting = builders.product(actor, "100.00", tax_profile_id=vat.pk)
        customer = builders.customer(actor, is_tax_exempt=True)
        lines: list[dict[str, Any]] = [{"product_id": hosting.pk, "quantity": Decimal(1)}]
        invoice = builders.draft_invoice(actor, lines=lines, customer_id=customer.pk)
        assert (invoice.tax_total, invoice.taxes.get().category) == (0, "E")
        lines = [{**lines[0], "tax_profile_id": vat.pk}]
        invoice = builders.draft_invoice(actor, lines=lines, customer_id=customer.pk)
        assert invoice.tax_total == 1000

    def test_f4_tax_is_also_told_in_the_books_currency(self, actor: Actor) -> None:
        ExchangeRate.objects.create(
            organization_id=actor.organization_id,
            currency="EUR",
            base_currency="USD",
            valid_from=datetime.date(2025, 1, 1),
            rate=Decimal("1.05"),
            created_at=AT,
            updated_at=AT,
        )
        vat = builders.tax_profile(actor, "19")
        invoice = builders.draft_invoice(
            actor, lines=[line("100.00", tax_profile_id=vat.pk)], currency="EUR"
        )
        assert invoice.exchange_rate == Decimal("1.05")
        assert invoice.taxes.get().accounting_amount == 1995

    def test_strange_text_is_cleaned(self, actor: Actor) -> None:
        invoice = builders.draft_invoice(
            actor, lines=[line("1.00", name="a\u202eb\x00 c\n d")], notes="x\r\ny\x00"
        )
        assert invoice.lines.get().name == "ab c d"
        assert invoice.notes == "x\ny"


class TestTotalGiven:
    """A24."""

    def test_a24_total_alone_is_one_line(self, actor: Actor) -> None:
        customer = builders.customer(actor)
        invoice = create_invoice(
            actor=actor, at=AT, customer_id=customer.pk, total=Decimal("1500.00")
        )
        row = invoice.lines.get()
        assert (row.name, row.net_amount, row.taxes) == ("Invoice total", 150000, [])
        assert invoice.total == 150000

    def test_a24_total_that_agrees_is_accepted(self, actor: Actor) -> None:
        customer = builders.customer(actor)
        invoice = create_invoice(
            actor=actor,
            at=AT,
            customer_id=customer.pk,
            lines=[line("2.50", "2")],
            total=Decimal(5),
        )
        assert invoice.total == 500

    @pytest.mark.parametrize("total", ["-0.01", "1.005", "1." + "0" * 29 + "1", "NaN", "1e400"])
    def test_a24_total_must_be_an_amount_of_the_currency(self, actor: Actor, total: str) -> None:
        customer = builders.customer(actor)
        with pytest.raises(InvalidValue) as refused:
            create_invoice(actor=actor, at=AT, customer_id=customer.pk, total=Decimal(total))
        assert refused.value.param == "total"
        assert not Invoice.objects.exists()

    def test_a24_total_that_disagrees_is_refused_with_both_numbers(self, actor: Actor) -> None:
        customer = builders.customer(actor)
        with pytest.raises(InvalidValue) as refused:
            create_invoice(
                actor=actor,
                at=AT,
                customer_id=customer.pk,
                lines=[line("100.00")],
                total=Decimal("99.99"),
            )
        assert refused.value.param == "total"
        assert "100.00" in str(refused.value)
        assert "99.99" in str(refused.value)
        assert not Invoice.objects.exists()
        assert not NumberRegister.objects.exists()


REFUSED: list[tuple[str, dict[str, Any], type[Exception], str]] = [
    ("no lines", {"lines": []}, InvalidValue, "line_items"),
    ("quantity 0", {"lines": [line("1", "0")]}, InvalidValue, "line_items.0.quantity"),
    ("7 places", {"lines": [line("1", "0.0000001")]}, InvalidValue, "line_items.0.quantity"),
    ("no price", {"lines": [{"name": "x", "quantity": Decimal(1)}]}, InvalidValue,
     "line_items.0.unit_price"),
    ("no name", {"lines": [line("1", name="")]}, InvalidValue, "line_items.0.name"),
    ("infinite", {"lines": [line("Infinity")]}, InvalidValue, "line_items.0.unit_price"),
    ("digits that would round away", {"lines": [line("1." + "0" * 29 + "1")]}, InvalidValue,
     "line_items.0.unit_price"),
    ("endless digits", {"lines": [line("1." + "3" * 60)]}, InvalidValue,
     "line_items.0.unit_price"),
    ("huge", {"lines": [line("1e400")]}, InvalidValue, "line_items.0.unit_price"),
    ("A23 negative price", {"lines": [line("1"), line("-1")]}, NegativePrice,
     "line_items.1.unit_price"),
    ("A23 negative total", {"lines": [line("20.00", "-1")]}, NegativeTotal, "line_items"),
    ("discount above 100 %", {"discount_type": "percent", "discount_value": Decimal("100.01")},
     InvalidValue, "discount_value"),
    ("discount without a kind", {"discount_value": Decimal(5)}, InvalidValue, "discount_type"),
    ("discount of odd cents", {"discount_type": "fixed", "discount_value": Decimal("0.001")},
     InvalidValue, "discount_value"),
    ("due before issue", {"due_date": datetime.date(2025, 1, 14)}, InvalidValue, "due_date"),
    ("unknown template", {"template": "tmpl_x"}, InvalidValue, "template"),
    ("unknown kind", {"kind": "gift"}, InvalidValue, "kind"),
    ("unknown product", {"lines": [{"product_id": 99, "quantity": Decimal(1)}]}, UnknownReference,
     "line_items.0.product_id"),
    ("unknown tax", {"lines": [line("1", tax_profile_id="nonsense")]}, UnknownReference,
     "line_items.0.tax_profile_id"),
    ("unknown customer", {"customer_id": 99}, UnknownReference, "customer_id"),
    ("metadata too deep", {"metadata": {"a": {"b": 1}}}, InvalidValue, "metadata.a"),
    ("text too long", {"notes": "x" * 10_001}, InvalidValue, "notes"),
    ("lone surrogate", {"notes": "\ud800"}, InvalidValue, "notes"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "error", "param"),
    [case[1:] for case in REFUSED],
    ids=[case[0] for case in REFUSED],
)
def test_refused_with_the_field_and_nothing_written(
    actor: Actor, fields: dict[str, Any], error: type[Exception], param: str
) -> None:
    customer = builders.customer(actor)
    with pytest.raises(error) as refused:
        builders.draft_invoice(actor, **{"customer_id": customer.pk, **fields})
    assert refused.value.param == param  # type: ignore[attr-defined]
    assert not Invoice.objects.exists()
    assert not NumberRegister.objects.exists()
    assert list(Event.objects.filter(type__startswith="invoice")) == []


class TestProducts:
    def test_line_takes_what_it_does_not_say_from_the_product(self, actor: Actor) -> None:
        item = builders.product(
            actor, "9.99", description="A year", sku="H-1", unit="year", unit_code="ANN"
        )
        lines = [
            {"product_id": item.pk, "quantity": Decimal(1)},
            {"product_id": item.pk, "quantity": Decimal(1), "name": "Gift", "unit_price": 0},
        ]
        one, two = builders.draft_invoice(actor, lines=lines).lines.all()
        assert (one.name, one.description, one.unit_price) == (item.name, "A year", Decimal("9.99"))
        assert (one.seller_item_id, one.unit, one.unit_code) == ("H-1", "year", "ANN")
        assert (two.name, two.unit_price) == ("Gift", 0)

    def test_price_in_another_currency_must_be_given(self, actor: Actor) -> None:
        item = builders.product(actor, "10.00")
        lines = [{"product_id": item.pk, "quantity": Decimal(1)}]
        with pytest.raises(PriceInOtherCurrency) as refused:
            builders.draft_invoice(actor, lines=lines, currency="EUR")
        assert refused.value.param == "line_items.0.unit_price"
        lines[0]["unit_price"] = Decimal("9.00")
        assert builders.draft_invoice(actor, lines=lines, currency="EUR").total == 900

    def test_archived_product_is_refused(self, actor: Actor) -> None:
        item = builders.product(actor, "10.00")
        lines = [{"product_id": item.pk, "quantity": Decimal(1)}]
        builders.draft_invoice(actor, lines=lines)
        delete_product(actor=actor, at=AT, product_id=item.pk)
        with pytest.raises(ProductNotForSale):
            builders.draft_invoice(actor, lines=lines)

    def test_anothers_product_is_an_unknown_one(self, actor: Actor, mallory_actor: Actor) -> None:
        item = builders.product(mallory_actor, "10.00")
        with pytest.raises(UnknownReference) as refused:
            builders.draft_invoice(actor, lines=[{"product_id": item.uuid, "quantity": Decimal(1)}])
        assert str(refused.value) == f"There is no product '{item.uuid}'."

    def test_b11_price_and_tax_are_copied(self, actor: Actor) -> None:
        vat = builders.tax_profile(actor, "10")
        item = builders.product(actor, "100.00", tax_profile_id=vat.pk)
        lines = [{"product_id": item.pk, "quantity": Decimal(1)}]
        invoice = builders.issued_invoice(actor, lines=lines)
        update_product(actor=actor, at=LATER, product_id=item.pk, unit_price=Decimal("200.00"))
        update_tax_profile(actor=actor, at=LATER, tax_profile_id=vat.pk, rate=Decimal(20))
        stored = get_invoice(actor.organization_id, invoice.pk)
        assert (stored.total, stored.lines.get().taxes[0]["rate"]) == (11000, "10")


def test_a_policy_of_its_own_goes_before_the_organization(actor: Actor) -> None:
    """A1: the same lines by group and by line."""
    vat = builders.tax_profile(actor, "23")
    lines = [line("55.55", tax_profile_id=vat.pk), line("11.11", tax_profile_id=vat.pk)]
    payer = builders.customer(actor).pk
    made = [
        create_invoice(
            actor=actor, at=AT, customer_id=payer, lines=lines, policy=Policy(rounding=rounding)
        )
        for rounding in ("group", "line")
    ]
    assert [invoice.tax_total for invoice in made] == [1_533, 1_534]
    assert [invoice.rounding for invoice in made] == ["group", "line"]
