"""The two-way tables are total: no state of ours is without a word, no documented word unknown."""

import datetime
import itertools

import pytest

from billing.models import (
    Customer,
    DiscountType,
    Invoice,
    InvoiceStatus,
    Payment,
    PaymentMethod,
    Product,
    TaxProfile,
)
from billing.queries.invoices import STATUS_WORDS, status_word
from core.errors import Kind
from integrations.dialects.base.enums import EnumMap
from integrations.dialects.enterprise import words
from integrations.dialects.enterprise.errors import STATUSES, TYPES, spell_param
from integrations.dialects.enterprise.presenters import invoices as shown

DOCUMENTED_METHODS = (
    *("card", "bank_transfer", "ach", "wire", "cash"),
    *("check", "paypal", "stripe", "square", "other"),
)
TODAY = datetime.date(2025, 1, 15)


@pytest.mark.parametrize(
    ("table", "ours"),
    [
        (words.PAYMENT_METHODS, PaymentMethod.values),
        (words.PAYMENT_STATUSES, Payment.Status.values),
        (words.CUSTOMER_STATUSES, Customer.Status.values),
        (words.CUSTOMER_TYPES, Customer.Kind.values),
        (words.DISCOUNT_TYPES, DiscountType.values),
        (words.PRODUCT_TYPES, Product.Kind.values),
        (words.TAX_TYPES, TaxProfile.Type.values),
        (words.TAX_CATEGORIES, TaxProfile.Category.values),
        (words.INVOICE_STATUSES, STATUS_WORDS),
    ],
)
def test_total_and_two_way(table: EnumMap, ours: list[str]) -> None:
    assert table.ours == set(ours)
    assert [table.to_ours(table.to_wire(word)) for word in ours] == list(ours)


def test_every_documented_method_is_understood() -> None:
    assert all(words.PAYMENT_METHODS.to_ours(word) for word in DOCUMENTED_METHODS)


def test_words_of_others_are_understood() -> None:
    assert words.INVOICE_STATUSES.to_ours("partial") == "partially_paid"
    assert words.INVOICE_STATUSES.to_ours("cancelled") == "void"
    assert words.INVOICE_STATUSES.to_ours("nonsense") is None


def test_every_kind_has_a_status_and_a_documented_type() -> None:
    assert set(STATUSES) == set(TYPES) == set(Kind)
    assert set(TYPES.values()) == {
        "validation_error",
        "authentication_error",
        "authorization_error",
        "not_found_error",
        "rate_limit_error",
        "server_error",
        "conflict_error",
    }


@pytest.mark.parametrize(
    ("neutral", "wire"),
    [
        ("amount", "amount"),
        ("lines.0.quantity", "line_items[0].quantity"),
        ("line_items.12.tax_profile_ids.1", "line_items[12].tax_profile_ids[1]"),
        ("to.3", "to[3]"),
        ("method", "payment_method"),
        ("subdivision", "billing_address.state"),
        ("billing_address.address_line1", "billing_address.street"),
        ("billing_address.city", "billing_address.city"),
    ],
)
def test_params_in_the_requests_spelling(neutral: str, wire: str) -> None:
    assert spell_param(neutral) == wire


def test_one_status_word_for_rows_and_snapshots() -> None:
    """The presenter's word is the domain's, in every combination of facts."""
    seen = set()
    for status, paid, due_in, viewed in itertools.product(
        InvoiceStatus.values, (0, 40, 100), (-1, 0, 1), (None, datetime.datetime.min)
    ):
        invoice = Invoice(
            status=status,
            total=100,
            amount_paid=paid,
            due_date=TODAY + datetime.timedelta(days=due_in),
            viewed_at=viewed,
        )
        word = shown.status_word(
            status,
            is_settled=paid == 100,
            is_partial=0 < paid < 100,
            is_overdue=due_in < 0,
            is_viewed=viewed is not None,
        )
        assert word == status_word(invoice, TODAY)
        seen.add(word)
    assert seen == set(STATUS_WORDS)
