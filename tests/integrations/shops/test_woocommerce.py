"""Orders of WooCommerce's own webhooks, written from its public REST reference."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing.models import CreditNote, Customer, Invoice, Payment, Refund
from core import exactjson
from integrations.models import ShopConnection, ShopDelivery
from integrations.shops.signing import sign

pytestmark = pytest.mark.django_db
Check = Callable[[], None]


def item(id: int, total: str, tax: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "name": "Teapot",
        "sku": "TEA-1",
        "quantity": quantity,
        "subtotal": total,
        "subtotal_tax": tax,
        "total": total,
        "total_tax": tax,
        "taxes": [{"id": 3, "total": tax, "subtotal": tax}] if tax != "0.00" else [],
        **more,
    }


def order(**changes: Any) -> dict[str, Any]:
    """Two teapots at 25.00 and shipping of 5.00, all with 19 %: 65.45."""
    return {
        "id": 727,
        "number": "727",
        "status": "processing",
        "currency": "EUR",
        "prices_include_tax": False,
        "total": "65.45",
        "total_tax": "10.45",
        "customer_id": 0,
        "billing": {
            "first_name": "Grace",
            "last_name": "Murray",
            "company": "Murray & Co",
            "address_1": "Hafenstr. 3",
            "address_2": "",
            "city": "Kiel",
            "state": "DE-SH",
            "postcode": "24103",
            "country": "DE",
            "email": "grace@buyer.test",
            "phone": "0431 0000",
        },
        "shipping": {"address_1": ""},
        "payment_method": "stripe",
        "payment_method_title": "Credit card (Stripe)",
        "transaction_id": "ch_3abc",
        "date_paid": "2025-01-15T10:00:00",
        "date_paid_gmt": "2025-01-15T09:00:00",
        "line_items": [item(315, "50.00", "9.50", 2)],
        "tax_lines": [{"id": 9, "rate_id": 3, "rate_percent": 19, "label": "USt"}],
        "shipping_lines": [
            {
                "id": 317,
                "method_title": "DHL",
                "total": "5.00",
                "total_tax": "0.95",
                "taxes": [{"id": 3, "total": "0.95"}],
            }
        ],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [],
        **changes,
    }


def post(
    shop: ShopConnection, body: Any, *, topic: str = "order.updated", delivery: str = "d1"
) -> Any:
    raw = exactjson.dumps(body).encode()
    return Client().post(
        f"/hooks/shops/{shop.uuid}",
        data=raw,
        content_type="application/json",
        headers={
            "X-WC-Webhook-Topic": topic,
            "X-WC-Webhook-Signature": sign(shop.secret, raw),
            "X-WC-Webhook-Delivery-ID": delivery,
        },
    )


def booked(answer: Any) -> Invoice:
    assert (answer.status_code, answer.json()["status"]) == (200, "booked"), answer.json()
    return Invoice.objects.get(number=answer.json()["invoice"]["number"])


def test_an_order_is_invoiced_and_paid(woo: ShopConnection, books_verify: Check) -> None:
    answer = post(woo, order())
    invoice = booked(answer)
    assert (invoice.total, invoice.tax_total, invoice.amount_due) == (6_545, 1_045, 0)
    assert answer.json()["invoice"]["url"].endswith(f"/i/{invoice.public_token}")
    assert [(x.name, x.quantity, x.unit_price) for x in invoice.lines.all()] == [
        ("Teapot", Decimal(2), Decimal(25)),
        ("DHL", Decimal(1), Decimal(5)),
    ]
    payment = Payment.objects.get()
    assert (payment.gateway, payment.transaction_id, payment.method) == (
        "stripe",
        "ch_3abc",
        "stripe",
    )
    customer = Customer.objects.get()
    assert (customer.name, customer.kind) == ("Murray & Co", "business")
    # WooCommerce tells of every change of status.
    booked(post(woo, order(status="completed"), delivery="d2"))
    assert (Invoice.objects.count(), Payment.objects.count()) == (1, 1)
    books_verify()


def test_two_orders_within_a_second_share_a_delivery_id(woo: ShopConnection) -> None:
    booked(post(woo, order()))
    booked(post(woo, order(id=728, number="728", transaction_id="ch_4")))
    post(woo, order())
    assert (Invoice.objects.count(), ShopDelivery.objects.count()) == (2, 2)


@pytest.mark.parametrize("status", ["pending", "failed", "checkout-draft", "trash"])
def test_what_is_not_placed_is_not_invoiced(woo: ShopConnection, status: str) -> None:
    unpaid = order(status=status, date_paid=None, date_paid_gmt=None)
    assert post(woo, unpaid).json()["status"] == "ignored"
    assert not Invoice.objects.exists()
    booked(post(woo, order(), delivery="d2"))


def test_a_bank_transfer_is_invoiced_first_and_paid_later(
    woo: ShopConnection, books_verify: Check
) -> None:
    later = {"payment_method": "bacs", "transaction_id": ""}
    waits = order(status="on-hold", date_paid=None, date_paid_gmt=None, **later)
    assert booked(post(woo, waits)).amount_due == 6_545
    assert booked(post(woo, order(**later), delivery="d2")).amount_due == 0
    payment = Payment.objects.get()
    assert (payment.method, payment.transaction_id) == ("bank_transfer", "shop.acme.test#727")
    books_verify()


def test_prices_with_tax_keep_what_the_buyer_saw(woo: ShopConnection, books_verify: Check) -> None:
    """A12, as WooCommerce tells it: nets that are no whole cents."""
    body = order(
        prices_include_tax=True,
        line_items=[item(315, "285.714286", "54.285714")],
        shipping_lines=[
            {
                "id": 317,
                "method_title": "DHL",
                "total": "11.680672",
                "total_tax": "2.219328",
                "taxes": [{"id": 3, "total": "2.219328"}],
            }
        ],
        total="353.90",
        total_tax="56.51",
    )
    invoice = booked(post(woo, body))
    assert (invoice.total, invoice.tax_total) == (35_390, 5_651)
    books_verify()


def test_coupons_and_fees(woo: ShopConnection, books_verify: Check) -> None:
    sold = item(315, "40.00", "7.60", 3, subtotal="50.00", subtotal_tax="9.50")
    fee = {"id": 400, "name": "Gift wrap", "total": "2.00", "total_tax": "0.00", "taxes": []}
    less = {"id": 401, "name": "Goodwill", "total": "-1.00", "total_tax": "0.00", "taxes": []}
    body = order(
        line_items=[sold], shipping_lines=[], fee_lines=[fee, less], total="48.60", total_tax="7.60"
    )
    invoice = booked(post(woo, body))
    assert [(x.net_amount, x.discount_amount) for x in invoice.lines.all()] == [
        (4_000, 1_000),
        (200, 0),
        (-100, 0),
    ]
    books_verify()


def test_refunds_as_woocommerce_lists_them(woo: ShopConnection, books_verify: Check) -> None:
    booked(post(woo, order()))
    some = {"id": 800, "reason": "Broken lid", "total": "-29.75"}
    invoice = booked(post(woo, order(refunds=[some]), delivery="d2"))
    note = CreditNote.objects.get()
    assert (note.total, note.reason, invoice.amount_due) == (2_975, "Broken lid", 0)
    rest = {"id": 801, "reason": "", "total": "-35.70"}
    booked(post(woo, order(status="refunded", refunds=[rest, some]), delivery="d3"))
    assert sum(Refund.objects.values_list("amount", flat=True)) == 6_545
    books_verify()


def test_a_refund_with_its_lines_credits_those(woo: ShopConnection, books_verify: Check) -> None:
    back = {
        "id": 800,
        "reason": "",
        "total": "29.75",
        "line_items": [{"refunded_item_id": 315, "quantity": -1}],
    }
    booked(post(woo, order(refunds=[back])))
    credited = CreditNote.objects.get().lines.get()
    assert (credited.name, credited.quantity) == ("Teapot", Decimal(1))
    books_verify()


def test_a_cancelled_order_is_void(woo: ShopConnection, books_verify: Check) -> None:
    unpaid = {"date_paid": None, "date_paid_gmt": None}
    booked(post(woo, order(status="on-hold", **unpaid)))
    booked(post(woo, order(status="cancelled", **unpaid), delivery="d2"))
    assert Invoice.objects.get().status == "void"
    books_verify()


def test_the_ping_of_a_new_webhook_is_answered(woo: ShopConnection, shop: ShopConnection) -> None:
    def ping(address: Any) -> Any:
        return Client().post(
            f"/hooks/shops/{address}",
            data=b"webhook_id=12",
            content_type="application/x-www-form-urlencoded",
        )

    assert ping(woo.uuid).json() == {"status": "ready"}
    assert ping(shop.uuid).status_code == 401
    assert not ShopDelivery.objects.exists()


def test_a_wrong_signature_is_refused(woo: ShopConnection) -> None:
    woo.secret = "another secret altogether"
    assert post(woo, order()).status_code == 401
    assert not ShopDelivery.objects.exists()


def test_a_deleted_order_changes_no_books(woo: ShopConnection) -> None:
    assert post(woo, {"id": 727}, topic="order.deleted").json()["status"] == "ignored"
