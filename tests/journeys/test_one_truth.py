"""One invoice, whoever made it, is the same to everybody who reads it (G11).

Each tongue makes an invoice in its own words, reads any invoice back and pays it; the pages
and the ledger are read beside them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Organization, User
from billing.models import Customer, Invoice, TaxProfile
from billing.queries.ledger_checks import find_problems
from integrations.dialects.enterprise.ids import wire_id
from tests.builders import customer, tax_profile
from tests.contract.backoffice.conftest import V2, v2_key
from tests.contract.wallet.conftest import V0, v0_pair
from tests.instants import AT
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Seen:
    """What every reader must agree on: amounts in major units, status in the ledger's word."""

    number: str
    total: Decimal
    due: Decimal
    is_paid: bool


@dataclass(frozen=True)
class Tongue:
    """How one interface makes an invoice, reads one, and takes the payment of a part."""

    make: Callable[[], None]
    read: Callable[[Invoice], Seen]
    # /api/v0 knows payments, but its customers pay, on the public page.
    pay: Callable[[Invoice, Decimal], None] | None = None


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def buyer(actor: Any) -> Customer:
    return customer(actor)


@pytest.fixture
def vat(actor: Any) -> TaxProfile:
    return tax_profile(actor, rate="19")


@pytest.fixture
def tongues(acme: Organization, alice: User, buyer: Customer, vat: TaxProfile) -> dict[str, Tongue]:
    staff = Client()
    staff.force_login(alice)
    return {
        "/v1": _enterprise(V1(key_for(acme)), buyer, vat),
        "/api/v2": _backoffice(V2(v2_key(acme)), buyer),
        "/api/v0": _wallet(v0_pair(acme), buyer),
        "pages": _pages(staff, buyer, vat),
    }


# 3 × 33.33 and 0.50 at 19 %: net 100.49, tax 19.0931.
TOTAL = Decimal("119.58")


@pytest.mark.parametrize("payer", ["/v1", "/api/v2", "pages"])
@pytest.mark.parametrize("maker", ["/v1", "/api/v2", "/api/v0", "pages"])
def test_g11_made_by_one_and_paid_by_another_it_is_the_same_to_all(
    acme: Organization, tongues: dict[str, Tongue], maker: str, payer: str
) -> None:
    tongues[maker].make()
    invoice = Invoice.objects.of(acme.pk).get()
    everybody_sees(tongues, invoice, due=TOTAL, is_paid=False)
    pay = tongues[payer].pay
    assert pay is not None
    pay(invoice, Decimal("19.58"))
    everybody_sees(tongues, invoice, due=Decimal("100.00"), is_paid=False)
    (tongues[maker].pay or pay)(invoice, Decimal("100.00"))
    everybody_sees(tongues, invoice, due=Decimal("0.00"), is_paid=True)
    assert list(find_problems(acme)) == []


def everybody_sees(
    tongues: dict[str, Tongue], invoice: Invoice, *, due: Decimal, is_paid: bool
) -> None:
    invoice.refresh_from_db()
    expected = Seen(invoice.number or "", TOTAL, due, is_paid)
    assert {name: tongue.read(invoice) for name, tongue in tongues.items()} == dict.fromkeys(
        tongues, expected
    )


def _enterprise(v1: V1, buyer: Customer, vat: TaxProfile) -> Tongue:
    def make() -> None:
        tax = wire_id("tax profile", vat.uuid)
        body = {
            "customer_id": wire_id("customer", buyer.uuid),
            "line_items": [
                {
                    "description": "Cable",
                    "quantity": 3,
                    "unit_price": Decimal("33.33"),
                    "tax_profile_id": tax,
                },
                {
                    "description": "Tape",
                    "quantity": 1,
                    "unit_price": Decimal("0.50"),
                    "tax_profile_id": tax,
                },
            ],
        }
        made = v1.made("/invoices", body)
        v1.post(f"/invoices/{made['id']}/send", {})

    def read(invoice: Invoice) -> Seen:
        shown = v1.get(f"/invoices/{wire_id('invoice', invoice.uuid)}").json
        return Seen(
            shown["number"],
            _exact(shown["total"]),
            _exact(shown["amount_due"]),
            shown["status"] == "paid",
        )

    def pay(invoice: Invoice, amount: Decimal) -> None:
        v1.made(
            "/payments",
            {
                "invoice_id": wire_id("invoice", invoice.uuid),
                "amount": amount,
                "currency": "USD",
                "payment_method": "bank_transfer",
                "payment_date": "2025-01-15",
            },
        )

    return Tongue(make, read, pay)


def _backoffice(v2: V2, buyer: Customer) -> Tongue:
    def make() -> None:
        item = {"tax_rate": 19}
        body = {
            "customer_id": buyer.pk,
            "items": [
                {"description": "Cable", "qty": 3, "amount": Decimal("33.33"), **item},
                {"description": "Tape", "qty": 1, "amount": Decimal("0.50"), **item},
            ],
        }
        v2.made("/invoices", body)

    def read(invoice: Invoice) -> Seen:
        shown = v2.get(f"/invoices/{invoice.pk}").json["data"]
        return Seen(
            shown["invoice_number"],
            _exact(shown["amount"]),
            _exact(shown["amount_due"]),
            shown["status"] == "Paid",
        )

    def pay(invoice: Invoice, amount: Decimal) -> None:
        v2.made(f"/invoices/{invoice.pk}/payments", {"amount": amount, "date": "2025-01-15"})

    return Tongue(make, read, pay)


def _wallet(v0: V0, buyer: Customer) -> Tongue:
    def make() -> None:
        bank = v0.made("/wallets", {"currency": "USD", "account_number": "000123456789"})
        vat = v0.made("/taxes", {"name": "VAT", "percentage": 19})
        items = [("Cable", Decimal("33.33"), 3), ("Tape", Decimal("0.50"), 1)]
        body = {
            "name": "Material",
            "email": buyer.email,
            "customer_id": str(buyer.uuid),
            "walletId": bank["id"],
            "taxId": vat["id"],
            "items": [
                {"product_id": _product(v0, name, price), "quantity": quantity}
                for name, price, quantity in items
            ],
            "due_date": "2025-02-14",
            "delivery": "MANUALLY",
            "payment_link": False,
            "payment_methods": ["BANK_TRANSFER"],
            "status": "OPEN",
            "partial_payment": True,
        }
        v0.made("/invoices", body)

    def read(invoice: Invoice) -> Seen:
        shown = v0.get(f"/invoices/{invoice.uuid}").json
        return Seen(
            shown["invoice_number"],
            _exact(shown["total"]),
            _exact(shown["amount_due"]),
            shown["status"] == "PAID",
        )

    return Tongue(make, read)


def _product(v0: V0, name: str, price: Decimal) -> str:
    made = v0.made("/products", {"name": name, "price": price, "currency": "USD"})
    return str(made["id"])


def _pages(staff: Client, buyer: Customer, vat: TaxProfile) -> Tongue:
    def make() -> None:
        data = {
            "customer": buyer.name,
            "issue_date": "2025-01-15",
            "template": "tmpl_modern",
            "intent": "issue",
            "line": ["k0", "k1"],
            **{f"k0-{k}": v for k, v in _row("Cable", "3", "33.33", vat).items()},
            **{f"k1-{k}": v for k, v in _row("Tape", "1", "0.50", vat).items()},
        }
        assert staff.post("/invoices/new", data).status_code in (302, 303)

    def read(invoice: Invoice) -> Seen:
        page = staff.get(f"/invoices/{invoice.uuid}").content.decode()
        head = re.search(r"<h1>(\S+) .*?>(\w[\w ]*)</span>\s*</h1>", page, re.DOTALL)
        due = re.search(r'amount-hero">\$([\d.]+)<', page)
        assert head and due, page
        assert f"${TOTAL}" in page
        return Seen(head[1], TOTAL, Decimal(due[1]), head[2] == "Paid")

    def pay(invoice: Invoice, amount: Decimal) -> None:
        data = {"amount": str(amount), "payment_date": "2025-01-15", "method": "bank_transfer"}
        assert staff.post(f"/invoices/{invoice.uuid}/pay", data).status_code in (302, 303)

    return Tongue(make, read, pay)


def _row(name: str, quantity: str, price: str, vat: TaxProfile) -> dict[str, str]:
    return {"name": name, "quantity": quantity, "unit_price": price, "tax": str(vat.uuid)}


def _exact(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
