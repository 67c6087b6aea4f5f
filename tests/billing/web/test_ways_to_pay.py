"""Bank accounts and wallets in the settings."""

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import BankAccount
from billing.documents.building import invoice_view
from billing.documents.parties import wallet_of
from billing.models import Wallet
from billing.operations import wallets
from billing.operations.payments import mark_paid
from core.models import Event
from tests.builders import customer, issued_invoice
from tests.instants import AT, TODAY

IBAN = "DE89370400440532013000"
ACCOUNT = {"name": "Acme GmbH", "currency": "USD", "iban": "DE89 3704 0044 0532 0130 00"}
WALLET = {
    "name": "Savings",
    "currency": "USDC",
    "blockchain": "base",
    "address": "0x52908400098527886E0F7030069857D2E4169EE7",
}


def test_an_account_is_added_changed_and_removed(staff: Client, actor: Actor) -> None:
    assert "No bank account yet" in staff.get("/settings/ways-to-pay").content.decode()
    assert staff.post("/settings/bank-accounts/new", ACCOUNT).status_code == 302
    account = BankAccount.objects.get()
    assert (account.iban, account.is_default) == (IBAN, True)
    assert "DE89 3704 0044" in staff.get("/settings/ways-to-pay").content.decode()
    invoice = issued_invoice(actor)
    path = f"/settings/bank-accounts/{account.uuid}"
    assert (
        staff.post(path, {**ACCOUNT, "bic": "COBADEFFXXX", "is_default": "on"}).status_code == 302
    )
    account.refresh_from_db()
    assert (account.bic, account.is_default) == ("COBADEFFXXX", True)
    assert staff.post(f"{path}/remove").status_code == 302
    assert "No bank account yet" in staff.get("/settings/ways-to-pay").content.decode()
    assert staff.get(path).status_code == 404
    # What was issued goes on saying where to pay to.
    invoice.refresh_from_db()
    assert invoice.seller["bank_account"]["iban"] == IBAN
    assert IBAN[:4] in Client().get(f"/i/{invoice.public_token}").content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"iban": "DE89370400440532013001"}, "iban"),
        ({"iban": ""}, "iban"),
        ({"bic": "NOBIC"}, "bic"),
        ({"currency": "XXX"}, "currency"),
        ({"name": ""}, "name"),
    ],
)
def test_a_wrong_account_is_refused_at_its_field(
    staff: Client, wrong: dict[str, str], field: str
) -> None:
    response = staff.post("/settings/bank-accounts/new", {**ACCOUNT, **wrong})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Event.objects.filter(type="bank_account.created").exists()


def test_a_wallet_is_added_changed_and_removed(staff: Client) -> None:
    assert staff.post("/settings/wallets/new", WALLET).status_code == 302
    wallet = Wallet.objects.get()
    assert wallet.token_contract.startswith("0x8335")
    path = f"/settings/wallets/{wallet.uuid}"
    assert staff.post(path, {**WALLET, "blockchain": "polygon"}).status_code == 302
    wallet.refresh_from_db()
    assert wallet.token_contract.startswith("0x3c49")
    assert "Savings" in staff.get("/settings/ways-to-pay").content.decode()
    staff.post(f"{path}/remove")
    assert not Wallet.objects.exists()


def test_a_wallet_is_shown_on_the_public_page_of_its_currency(staff: Client, actor: Actor) -> None:
    staff.post("/settings/wallets/new", WALLET)
    coin = customer(actor, "Coiners", currency="USDC")
    invoice = issued_invoice(actor, "100.00", customer_id=coin.pk)
    other = issued_invoice(actor, "100.00")
    page = Client().get(f"/i/{invoice.public_token}").content.decode()
    assert WALLET["address"] in page and "100 USDC" in page
    assert WALLET["address"] not in Client().get(f"/i/{other.public_token}").content.decode()
    mark_paid(actor=actor, at=AT, invoice_id=invoice.pk, payment_date=TODAY)
    assert WALLET["address"] not in Client().get(f"/i/{invoice.public_token}").content.decode()


def test_paper_page_and_portal_ask_for_the_wallet_of_the_day_of_issue(
    staff: Client, actor: Actor
) -> None:
    staff.post("/settings/wallets/new", WALLET)
    wallet = Wallet.objects.get()
    coin = customer(actor, "Coiners", currency="USDC")
    invoice = issued_invoice(actor, "100.00", customer_id=coin.pk)
    wallets.delete_wallet(actor=actor, at=AT, wallet_id=wallet.pk)
    view = invoice_view(invoice, public_url="")
    assert view.payment is not None
    facts = {fact.key: fact.value for fact in view.payment.facts}
    assert (facts["network"], facts["address"]) == ("Base", WALLET["address"])
    page = Client().get(f"/i/{invoice.public_token}").content.decode()
    # Once as text, beside what copies it and what a wallet opens.
    assert page.count(f'<span dir="auto">{WALLET["address"]}</span>') == 1
    payment = wallet_of(invoice)
    assert payment is not None and payment.address == WALLET["address"]


def test_an_invoice_in_the_books_own_currency_looks_for_no_wallet(actor: Actor) -> None:
    invoice = issued_invoice(actor, "100.00")
    assert "wallet" not in invoice.seller
    assert wallet_of(invoice) is None


def test_an_address_that_cannot_be_is_refused(staff: Client) -> None:
    wrong = {**WALLET, "address": WALLET["address"].replace("9EE7", "9Ee7")}
    response = staff.post("/settings/wallets/new", wrong)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["address"])
    unknown = staff.post("/settings/wallets/new", {**WALLET, "currency": "BTC"})
    assert "currency" in unknown.context["form"].errors
