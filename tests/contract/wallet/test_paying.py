"""The public pages of an application's invoice: its ways to pay, and no part where none is."""

import datetime
import html
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import App, Organization
from accounts.operations.bank_accounts import create_bank_account
from billing.models import Invoice, PaymentLink
from tests.contract.wallet.conftest import ADDRESS, NOW, V0

pytestmark = pytest.mark.django_db
Body = dict[str, Any]
ALL = ["CRYPTO", "BANK_TRANSFER", "ACH", "CREDIT_CARD", "CASH", "MOBILE_MONEY"]


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def page(made: Body, query: str = "", status: int = 200, which: str = "payment_url") -> str:
    path = made[which].removeprefix("http://testserver")
    answer = Client().get(f"{path}{query}")
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def test_crypto_is_asked_for_by_its_address_and_uri(v0: V0, basic: Body) -> None:
    for which in ("payment_url", "public_url"):
        made = v0.made("/invoices", basic)
        text = page(made, which=which)
        assert ADDRESS in text and "2500 USDC" in text and "Ethereum" in text
        token = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"
        assert f"ethereum:{token}@1/transfer?address={ADDRESS}&uint256=2500000000" in text
        assert "data:image/svg+xml" in text


def test_bitcoin_has_a_bip_21_address(v0: V0, basic: Body, actor: Any) -> None:
    address = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
    coin = v0.made("/wallets", {"currency": "BTC", "blockchain": "BITCOIN", "address": address})
    thing = v0.made("/products", {"name": "Thing", "price": "0.0125", "currency": "BTC"})
    made = v0.made(
        "/invoices",
        {
            **basic,
            "walletId": coin["id"],
            "items": [{"product_id": thing["id"], "quantity": 1}],
            "payment_methods": ["CRYPTO"],
        },
    )
    assert f"bitcoin:{address}?amount=0.0125&label=INV-000001" in page(made)


def test_a_bank_transfer_in_euro_has_a_code_to_scan(v0: V0, basic: Body) -> None:
    bank = v0.made("/wallets", {"currency": "EUR", "iban": "DE89370400440532013000"})
    hour = v0.made("/products", {"name": "Hour", "price": 100, "currency": "EUR"})
    body = {
        **basic,
        "walletId": bank["id"],
        "items": [{"product_id": hour["id"], "quantity": 1}],
        "payment_methods": ["BANK_TRANSFER", "ACH"],
    }
    text = page(v0.made("/invoices", body))
    assert "DE89 3704 0044 0532 0130 00" in text
    assert text.count('aria-labelledby="way-') == 1
    assert "data:image/svg+xml" in text


def test_a_stablecoin_is_paid_in_at_the_bank_in_what_it_stands_for(
    v0: V0, basic: Body, actor: Any
) -> None:
    create_bank_account(actor=actor, at=NOW, name="Acme", currency="USD", account_number="987")
    text = page(v0.made("/invoices", basic))
    assert "987" in text and "$2,500.00" in text


def test_ways_that_lead_nowhere_are_not_shown(v0: V0, basic: Body) -> None:
    made = v0.made("/invoices", {**basic, "payment_methods": ALL})
    text = page(made)
    for key in ("crypto", "cash", "mobile_money"):
        assert f'id="way-{key}"' in text
    for key in ("card", "bank_transfer"):
        assert f'id="way-{key}"' not in text
    assert "Pay in cash and quote INV-000001." in text


def test_card_and_instructions_are_those_of_the_application(v0: V0, basic: Body) -> None:
    App.objects.update(
        card_checkout_url="https://checkout.example/pay?a={amount}&c={currency}&r={reference}",
        cash_instructions="At the counter, nine to five.",
        mobile_money_instructions="Send to 0700 123.",
    )
    text = page(v0.made("/invoices", {**basic, "payment_methods": ALL}))
    assert "https://checkout.example/pay?a=2500.000000&c=USDC&r=INV-000001" in text
    assert "At the counter, nine to five." in text and "Send to 0700 123." in text


def test_no_part_is_taken_unless_the_invoice_allows_it(v0: V0, basic: Body) -> None:
    made = v0.made("/invoices", basic)
    text = page(made, "?amount=100", 422)
    assert "to be paid in full" in text and 'name="amount"' not in text
    assert "uint256=2500000000" in text
    assert "uint256=2500000000" in page(made, "?amount=2500")


@pytest.mark.parametrize("amount", ["0", "-1", "2500.01", "x", "1e9", "NaN", "9" * 40])
def test_only_amounts_that_are_due_are_taken(v0: V0, basic: Body, amount: str) -> None:
    made = v0.made("/invoices", {**basic, "partial_payment": True})
    text = page(made, f"?amount={amount}", 422)
    assert "Give an amount above 0" in text and "uint256=2500000000" in text


def test_a_part_is_asked_for_by_its_amount(v0: V0, basic: Body) -> None:
    made = v0.made("/invoices", {**basic, "partial_payment": True})
    assert 'name="amount"' in page(made)
    text = page(made, "?amount=100.50")
    assert "uint256=100500000" in text and "100.5 USDC" in text


def test_a_link_that_expired_shows_nothing(v0: V0, basic: Body) -> None:
    made = v0.made("/invoices", basic)
    PaymentLink.objects.update(expires_at=NOW - datetime.timedelta(days=1))
    text = page(made, status=410)
    assert ADDRESS not in text and "expired" in text


def test_a_test_invoice_asks_nobody_for_money(v0: V0, basic: Body, acme: Organization) -> None:
    App.objects.update(card_checkout_url="https://checkout.example/{reference}")
    made = v0.made("/invoices", {**basic, "payment_methods": ALL})
    Organization.objects.filter(pk=acme.pk).update(livemode=False)
    text = page(made)
    assert "ethereum:" not in text and "checkout.example" not in text


def test_switching_the_link_off_closes_it(v0: V0, basic: Body) -> None:
    made = v0.made("/invoices", basic)
    changed = v0.patch(f"/invoices/{made['id']}", {"payment_link": False}).json
    assert changed["payment_url"] is None
    page(made, status=410)
    again = v0.patch(f"/invoices/{made['id']}", {"payment_link": True}).json
    assert again["payment_url"] not in (None, made["payment_url"])
    assert Invoice.objects.get().payment_links.count() == 2
