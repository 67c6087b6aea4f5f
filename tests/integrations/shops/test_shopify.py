"""Orders of Shopify as invoices, payments and credit notes, to the cent and once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from billing.models import CreditNote, Customer, Invoice, Payment, Refund
from billing.operations.customers import create_customer
from core.models import Event
from integrations.models import ShopConnection, ShopDelivery
from integrations.shops import booking
from tests.instants import AT
from tests.integrations.shops.shopify_bodies import (
    LINE_A,
    LINE_B,
    bag,
    line,
    order,
    paid,
    post,
    refund,
    shipping,
    tax,
)

pytestmark = pytest.mark.django_db
Check = Callable[[], None]


def booked(answer: Any) -> Invoice:
    assert answer.status_code == 200
    assert answer.json()["status"] == "booked", answer.json()
    return Invoice.objects.get(number=answer.json()["invoice"]["number"])


def refused(answer: Any) -> str:
    assert answer.status_code == 200
    assert answer.json()["status"] == "refused"
    return str(answer.json()["reason"])


def test_create_then_paid_then_refund(shop: ShopConnection, books_verify: Check) -> None:
    invoice = booked(post(shop, "orders/create", order()))
    assert (invoice.status, invoice.total, invoice.tax_total) == ("issued", 14_200, 1_200)
    assert (invoice.currency, invoice.reference, invoice.source) == ("USD", "#1001", "shop")
    assert [(x.name, x.quantity, x.total) for x in invoice.lines.all()] == [
        ("Canvas bag - Blue", Decimal(2), 11_000),
        ("Strap", Decimal(1), 2_200),
        ("Standard", Decimal(1), 1_000),
    ]
    assert invoice.delivery["city"] == "Lyon"
    assert not Payment.objects.exists()

    invoice = booked(post(shop, "orders/paid", paid()))
    payment = Payment.objects.get()
    assert (payment.amount, payment.method, payment.gateway) == (14_200, "card", "shopify_payments")
    assert payment.transaction_id == "acme.myshopify.com#5500000000101"
    assert invoice.amount_due == 0

    invoice = booked(post(shop, "refunds/create", refund("142.00", {LINE_A: 2, LINE_B: 1})))
    note = CreditNote.objects.get()
    assert (note.total, note.tax_total, note.reason) == (14_200, 1_200, "Wrong colour")
    back = Refund.objects.get()
    assert (back.amount, back.payment_id, back.credit_note_id) == (14_200, payment.pk, note.pk)
    assert invoice.amount_due == 0
    assert Invoice.objects.count() == 1
    books_verify()


def test_the_buyer_becomes_a_customer(shop: ShopConnection) -> None:
    post(shop, "orders/create", order())
    customer = Customer.objects.get()
    assert (customer.name, customer.kind, customer.email) == (
        "Ada Byron",
        "individual",
        "ada@buyer.test",
    )
    assert (customer.address_line1, customer.country) == ("12 Rue des Lilas", "FR")
    # The same customer id with another address of mail and street: the same customer, moved.
    moved = {**order()["billing_address"], "address1": "1 Quai Neuf"}
    other = order(id=2, name="#1002", email="ada@new.test", billing_address=moved)
    post(shop, "orders/create", other)
    customer.refresh_from_db()
    assert customer.address_line1 == "1 Quai Neuf"
    assert Customer.objects.count() == 1


def test_a_customer_on_file_is_found_by_mail_and_kept_as_written(
    shop: ShopConnection, actor: Actor
) -> None:
    known = create_customer(
        actor=actor, at=AT, name="Byron Ltd", email="Ada@Buyer.test", address_line1="Old Road 1"
    )
    invoice = booked(post(shop, "orders/create", order()))
    assert invoice.customer_id == known.pk
    known.refresh_from_db()
    assert (known.name, known.address_line1) == ("Byron Ltd", "Old Road 1")


def test_an_order_without_any_name_is_a_walk_in(shop: ShopConnection) -> None:
    nobody = {"customer": None, "email": "", "billing_address": None, "shipping_address": None}
    booked(post(shop, "orders/create", order(**nobody)))
    booked(post(shop, "orders/create", order(id=3, name="#1003", **nobody)))
    assert Customer.objects.get().name == "Walk-in customers of acme.myshopify.com"


def test_a_delivery_sent_again_changes_nothing(shop: ShopConnection, books_verify: Check) -> None:
    first = post(shop, "orders/create", paid(), delivery="b54557e4")
    events = Event.objects.count()
    again = post(shop, "orders/create", paid(), delivery="b54557e4")
    assert (again.status_code, again.json()) == (200, first.json())
    assert Event.objects.count() == events
    assert (Invoice.objects.count(), Payment.objects.count()) == (1, 1)
    assert ShopDelivery.objects.count() == 1
    books_verify()


def test_the_same_refund_under_another_delivery_counts_once(
    shop: ShopConnection, books_verify: Check
) -> None:
    post(shop, "orders/create", paid())
    back = refund("55.00", {LINE_A: 1})
    post(shop, "refunds/create", back)
    post(shop, "refunds/create", back)
    post(shop, "orders/updated", paid(financial_status="partially_refunded", refunds=[back]))
    assert (CreditNote.objects.get().total, Refund.objects.get().amount) == (5_500, 5_500)
    assert Payment.objects.count() == 1
    books_verify()


def test_a_refund_before_its_order_waits(shop: ShopConnection, books_verify: Check) -> None:
    early = post(shop, "refunds/create", refund("55.00", {LINE_A: 1}))
    assert (early.status_code, early.json()["status"]) == (200, "waiting")
    assert not Invoice.objects.exists()
    booked(post(shop, "orders/create", paid()))
    assert CreditNote.objects.get().total == 5_500
    assert set(ShopDelivery.objects.values_list("state", flat=True)) == {"booked"}
    books_verify()


def test_paid_before_create(shop: ShopConnection, books_verify: Check) -> None:
    booked(post(shop, "orders/paid", paid()))
    booked(post(shop, "orders/create", order()))
    assert Invoice.objects.get().amount_due == 0
    assert Payment.objects.count() == 1
    books_verify()


def test_refunds_in_parts_close_to_the_cent(shop: ShopConnection, books_verify: Check) -> None:
    """Three of 3.33 with 8.875 % tax: 0.89 in all, and 0.30 or 0.29 with each one."""
    sold = paid(
        line_items=[line(LINE_A, "3.33", 3, tax("0.89", "0.08875"))],
        shipping_lines=[],
        total_tax="0.89",
        total_tax_set=bag("0.89"),
        total_price="10.88",
        total_price_set=bag("10.88"),
    )
    invoice = booked(post(shop, "orders/create", sold))
    for n, money in enumerate(("3.63", "3.63", "3.62")):
        back = refund(money, {LINE_A: 1}, id=910_000 + 100 * n)
        booked(post(shop, "refunds/create", back))
    assert sorted(CreditNote.objects.values_list("total", flat=True)) == [362, 363, 363]
    invoice.refresh_from_db()
    assert (invoice.amount_credited, invoice.amount_due) == (1_088, 0)
    books_verify()


def test_a_refund_of_shipping_takes_the_shipping_line(
    shop: ShopConnection, books_verify: Check
) -> None:
    post(shop, "orders/create", paid())
    adjustment = {"kind": "shipping_refund", "amount": "-4.00", "tax_amount": "0.00"}
    booked(post(shop, "refunds/create", refund("4.00", order_adjustments=[adjustment])))
    credited = CreditNote.objects.get().lines.get()
    assert (credited.name, credited.quantity, credited.total) == ("Standard", Decimal("0.4"), 400)
    books_verify()


def test_goods_taken_back_unpaid_reduce_what_is_due(
    shop: ShopConnection, books_verify: Check
) -> None:
    post(shop, "orders/create", order())
    invoice = booked(post(shop, "refunds/create", refund("", {LINE_B: 1})))
    assert (invoice.amount_credited, invoice.amount_due) == (2_200, 12_000)
    assert not Refund.objects.exists()
    booked(post(shop, "orders/paid", paid()))
    assert Payment.objects.get().amount == 12_000
    books_verify()


def test_taxes_included(shop: ShopConnection, books_verify: Check) -> None:
    """A12: no net of two decimals gives 353.90 with 19 % on top, and yet it must be that."""
    sold = paid(
        taxes_included=True,
        line_items=[line(LINE_A, "340.00", 1, tax("54.29", "0.19"))],
        shipping_lines=[shipping("13.90", tax("2.22", "0.19"))],
        total_tax="56.51",
        total_tax_set=bag("56.51"),
        total_price="353.90",
        total_price_set=bag("353.90"),
    )
    invoice = booked(post(shop, "orders/create", sold))
    assert (invoice.total, invoice.tax_total, invoice.prices_include_tax) == (35_390, 5_651, True)
    booked(post(shop, "refunds/create", refund("33.33")))
    assert CreditNote.objects.get().total == 3_333
    books_verify()


def test_discounts_are_taken_off_their_lines(shop: ShopConnection, books_verify: Check) -> None:
    sold = paid(
        line_items=[
            line(LINE_A, "50.00", 2, tax("9.00", "0.1"), off="10.00"),
            line(LINE_B, "20.00", 1, tax("1.80", "0.1"), off="2.00"),
        ],
        total_tax="10.80",
        total_tax_set=bag("10.80"),
        total_price="128.80",
        total_price_set=bag("128.80"),
        total_discounts="12.00",
    )
    invoice = booked(post(shop, "orders/create", sold))
    assert [(x.discount_amount, x.net_amount) for x in invoice.lines.all()] == [
        (1_000, 9_000),
        (200, 1_800),
        (0, 1_000),
    ]
    assert invoice.total == 12_880
    booked(post(shop, "refunds/create", refund("49.50", {LINE_A: 1})))
    assert CreditNote.objects.get().total == 4_950
    books_verify()


def test_tax_rounded_line_by_line_is_met(shop: ShopConnection, books_verify: Check) -> None:
    """A1: 55.55 and 11.11 at 23 % are 15.34 by line and 15.33 as a group."""
    sold = paid(
        line_items=[
            line(LINE_A, "55.55", 1, tax("12.78", "0.23")),
            line(LINE_B, "11.11", 1, tax("2.56", "0.23")),
        ],
        shipping_lines=[],
        total_tax="15.34",
        total_tax_set=bag("15.34"),
        total_price="82.00",
        total_price_set=bag("82.00"),
    )
    assert booked(post(shop, "orders/create", sold)).rounding == "line"
    books_verify()


def test_two_taxes_on_a_line(shop: ShopConnection) -> None:
    sold = order(
        line_items=[line(LINE_A, "140.00", 1, tax("7.00", "0.05"), tax("13.97", "0.09975"))],
        shipping_lines=[],
        total_tax="20.97",
        total_tax_set=bag("20.97"),
        total_price="160.97",
        total_price_set=bag("160.97"),
    )
    invoice = booked(post(shop, "orders/create", sold))
    assert sorted(invoice.taxes.values_list("tax_amount", flat=True)) == [700, 1_397]


def test_a_rate_that_was_not_charged_is_no_tax(shop: ShopConnection) -> None:
    sold = order(
        line_items=[line(LINE_A, "100.00", 1, tax("0.00", "0.19"))],
        shipping_lines=[],
        total_tax="0.00",
        total_tax_set=bag("0.00"),
        total_price="100.00",
        total_price_set=bag("100.00"),
    )
    assert booked(post(shop, "orders/create", sold)).total == 10_000


def test_a_currency_without_decimals(shop: ShopConnection, books_verify: Check) -> None:
    def yen(amount: str) -> dict[str, Any]:
        return bag(amount, "JPY", "9.99")

    sold = line(LINE_A, "333", 3, tax("100", "0.1", currency="JPY"), price_set=yen("333"))
    body = paid(
        currency="JPY",
        line_items=[sold],
        shipping_lines=[],
        total_tax="100",
        total_tax_set=yen("100"),
        total_price="1099",
        total_price_set=yen("1099"),
    )
    invoice = booked(post(shop, "orders/create", body))
    assert (invoice.currency, invoice.total, invoice.amount_due) == ("JPY", 1_099, 0)
    back = refund("366", {LINE_A: 1})
    back["transactions"][0]["currency"] = "JPY"
    booked(post(shop, "refunds/create", back))
    assert CreditNote.objects.get().total == 366
    books_verify()


def test_an_amount_that_does_not_fit_the_currency_is_refused(shop: ShopConnection) -> None:
    body = order(currency="JPY", total_price="142.50", total_price_set=None)
    assert "more decimals than JPY" in refused(post(shop, "orders/create", body))


def test_a_total_that_differs_by_a_cent_is_refused_and_kept(
    shop: ShopConnection, actor: Actor
) -> None:
    body = paid(total_price="142.01", total_price_set=bag("142.01"))
    answer = post(shop, "orders/create", body)
    assert refused(answer) == (
        "Order #1001 is 142.01 USD in the shop, but its lines, discounts, shipping and taxes"
        " add up to 142.00 USD."
    )
    assert not Invoice.objects.exists()
    assert not Customer.objects.exists()
    assert not Payment.objects.exists()
    delivery = ShopDelivery.objects.get()
    assert "142.01" in delivery.body
    booking.retry(actor=actor, at=AT, delivery_id=delivery.pk)
    assert booking.book_due(lambda: AT) == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts_made) == ("refused", 1)


def test_an_order_changed_after_it_was_invoiced_is_refused(shop: ShopConnection) -> None:
    post(shop, "orders/create", order())
    changed = order(total_price="150.00", total_price_set=bag("150.00"))
    assert "142.00 USD and is 150.00 now" in refused(post(shop, "orders/updated", changed))
    assert Invoice.objects.get().total == 14_200


def test_an_unpaid_order_that_is_cancelled_is_void(
    shop: ShopConnection, books_verify: Check
) -> None:
    post(shop, "orders/create", order())
    gone = order(cancelled_at="2025-01-15T12:00:00-05:00", financial_status="voided")
    booked(post(shop, "orders/cancelled", gone))
    assert Invoice.objects.get().status == "void"
    books_verify()


def test_a_paid_order_that_is_cancelled_is_refunded_once(
    shop: ShopConnection, books_verify: Check
) -> None:
    post(shop, "orders/create", paid())
    back = refund("142.00", {LINE_A: 2, LINE_B: 1})
    gone = paid(cancelled_at="2025-01-15T12:00:00-05:00", refunds=[back])
    gone["financial_status"] = "refunded"
    booked(post(shop, "orders/cancelled", gone))
    post(shop, "refunds/create", back)
    assert (CreditNote.objects.get().total, Refund.objects.get().amount) == (14_200, 14_200)
    books_verify()


def test_an_order_cancelled_before_it_came_is_never_invoiced(shop: ShopConnection) -> None:
    gone = order(cancelled_at="2025-01-15T12:00:00-05:00", financial_status="voided")
    assert post(shop, "orders/cancelled", gone).json()["status"] == "ignored"
    assert post(shop, "orders/create", order()).json()["status"] == "ignored"
    assert not Invoice.objects.exists()


def test_paid_in_parts(shop: ShopConnection, books_verify: Check) -> None:
    part = order(financial_status="partially_paid", total_outstanding="100.00")
    booked(post(shop, "orders/create", part))
    booked(post(shop, "orders/updated", part))
    assert [p.amount for p in Payment.objects.order_by("pk")] == [4_200]
    booked(post(shop, "orders/paid", paid()))
    assert [p.amount for p in Payment.objects.order_by("pk")] == [4_200, 10_000]
    books_verify()


def test_a_test_order_stays_out_of_the_real_books(shop: ShopConnection) -> None:
    answer = post(shop, "orders/create", paid(test=True))
    assert (answer.status_code, answer.json()["status"]) == (200, "ignored")
    assert not Invoice.objects.exists()


def test_a_tip_and_duties_are_lines(shop: ShopConnection) -> None:
    duty = {"id": 77, "shop_money": {"amount": "5.00"}, "tax_lines": []}
    sold = order(
        line_items=[line(LINE_A, "20.00", 1, duties=[duty])],
        shipping_lines=[],
        total_tip_received="3.00",
        total_tax="0.00",
        total_tax_set=bag("0.00"),
        total_price="28.00",
        total_price_set=bag("28.00"),
    )
    invoice = booked(post(shop, "orders/create", sold))
    assert [x.total for x in invoice.lines.all()] == [2_000, 500, 300]
