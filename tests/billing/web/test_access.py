"""Who gets which page: owner, viewer, stranger and nobody, for every address (Z1, Z2)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Membership
from accounts.operations.bank_accounts import create_bank_account
from accounts.operations.users import create_user
from billing.models import Invoice, Payment, Quote
from billing.operations.disputes import open_dispute
from billing.operations.leads import create_lead
from billing.operations.wallets import create_wallet
from billing.web.urls import urlpatterns
from core.models import Event
from tests.billing.operations.test_recurring import recurring
from tests.builders import customer, draft_invoice, expense, product, tax_profile, ticket
from tests.instants import AT

# Pages without a row of their own: name and the scope a viewer would need for it.
PLAIN = {
    "dashboard": "",
    "jobs": "",
    "search": "",
    "invoices": "",
    "invoice-create": "invoices:write",
    "customers": "",
    "customer-create": "customers:write",
    "customer-options": "",
    "products": "",
    "product-create": "products:write",
    "product-options": "",
    "taxes": "",
    "tax-create": "products:write",
    "payments": "",
    "quotes": "",
    "transactions": "",
    "transaction-create": "payments:write",
    "tickets": "",
    "ticket-create": "customers:write",
    "leads": "",
    "lead-create": "customers:write",
    "quote-create": "invoices:write",
    "recurring": "",
    "reminders": "settings:write",
    "late-fees": "settings:write",
    "reports": "",
    "report-aging": "",
    "report-cash-flow": "",
    "report-sales": "",
    "report-tax": "",
    "report-payments": "",
    "settings": "webhooks:manage",
    "organization": "settings:write",
    "terms": "settings:write",
    "look": "settings:write",
    "look-sample": "settings:write",
    "numbering": "settings:write",
    "ways-to-pay": "settings:write",
    "bank-account-create": "settings:write",
    "wallet-create": "settings:write",
    "setup": "settings:write",
    "setup-country": "settings:write",
    "api-keys": "settings:write",
    "team": "settings:write",
    "portal-settings": "settings:write",
    "imports": "invoices:write",
    "audit": "settings:write",
}
OF_A_ROW = {
    "invoice-detail": "",
    "invoice-pdf": "",
    "invoice-edit": "invoices:write",
    "invoice-amend": "invoices:write",
    "invoice-send": "invoices:send",
    "invoice-pay": "payments:write",
    "invoice-credit": "invoices:write",
    "invoice-void": "invoices:write",
    "invoice-write-off": "payments:write",
    "invoice-replace": "invoices:write",
    "invoice-changes": "",
    "invoice-repeat": "invoices:write",
    "invoice-dispute": "invoices:write",
    "dispute-close": "invoices:write",
    "recurring-detail": "",
    "recurring-edit": "invoices:write",
    "credit-note-detail": "",
    "credit-note-pdf": "",
    "customer-detail": "",
    "customer-open-items": "",
    "customer-statement": "",
    "customer-portal": "",
    "customer-edit": "customers:write",
    "customer-late-fees": "settings:write",
    "customer-reminders": "settings:write",
    "product-edit": "products:write",
    "tax-edit": "products:write",
    "payment-detail": "",
    "payment-receipt": "",
    "payment-refund": "payments:write",
    "transaction-detail": "",
    "ticket-detail": "",
    "lead-detail": "",
    "quote-detail": "",
    "quote-pdf": "",
    "quote-edit": "invoices:write",
    "quote-send": "invoices:send",
    "bank-account-edit": "settings:write",
    "wallet-edit": "settings:write",
}
POSTS = [
    "invoice-issue",
    "invoice-mark-paid",
    "invoice-uncollectible",
    "invoice-duplicate",
    "invoice-delete",
    "invoice-remind",
    "invoice-waive",
    "invoice-unschedule",
    "credit-note-void",
    "customer-archive",
    "customer-delete",
    "customer-contact",
    "customer-invite",
    "customer-portal-out",
    "customer-late-fees-remove",
    "customer-reminders-remove",
    "product-delete",
    "tax-delete",
    "payment-delete",
    "payment-settle",
    "transaction-delete",
    "ticket-reply",
    "ticket-delete",
    "lead-convert",
    "lead-delete",
    "quote-convert",
    "quote-delete",
    "customer-credit-out",
    "api-key-revoke",
    "api-key-rotate",
    "member-role",
    "member-remove",
    "member-invite",
    "bank-account-remove",
    "wallet-remove",
]
BARE_POSTS = ["invoice-totals", "invoice-line", "quote-totals"]
# Without credit, that page leads back to the customer: see test_customer_credit.
APART = {
    # See test_bulk.
    "bulk",
    "job",
    "job-file",
    "job-undo",
    # See test_audit.
    "audit-csv",
    # Owners only: see test_exports.
    "export",
    "export-detail",
    "export-file",
    # See test_imports.
    "import-example",
    "import-report",
    "import-columns",
    "import-run",
    "import-delete",
    "import-bad",
    # See test_saved_filters.
    "view-save",
    "view-delete",
    # See test_invoice_repairs.
    "attachment",
    "attachment-delete",
    "attachment-upload",
    "theme",
    "language",
    "ui-kit",
    # See test_setup and test_look.
    "setup-step",
    "setup-skip",
    "setup-end",
    "look-preview",
    "numbering-preview",
    "logo",
    "invoice-line-fill",
    "quote-step",
    "ticket-step",
    "recurring-step",
    "customer-credit",
    # Two rows in one address: see tests/integrations/web/test_mail_pages.py.
    "suppression-lift",
    # The same: see tests/billing/web/portal/test_paying.py.
    "remittance-received",
    "remittance-closed",
}
Address = Callable[[str], str]


@pytest.fixture
def address(actor: Actor, request: pytest.FixtureRequest) -> Address:
    """The address of a row of acme's for the page of that name."""

    def of(name: str) -> str:
        return reverse(f"billing:{name}", args=[_row(name, actor, request)])

    return of


def _row(name: str, actor: Actor, request: pytest.FixtureRequest) -> Any:
    noun = name.rpartition("-")[0] if name.count("-") == 1 else name.split("-")[0]
    if name.startswith("credit-note"):
        return request.getfixturevalue("credit_note_uuid")
    if name.startswith("api-key"):
        # A uuid that nobody has is as good: the right is asked first.
        return "01890a5d-ac96-774b-bcce-b302099a8057"
    makers: dict[str, Callable[[], Any]] = {
        "invoice": lambda: (
            draft_invoice(actor) if name == "invoice-edit" else request.getfixturevalue("invoice")
        ),
        "dispute": lambda: open_dispute(
            actor=actor,
            at=AT,
            invoice_id=request.getfixturevalue("invoice").pk,
            kind="objection",
            reason="Too late",
        ),
        "customer": lambda: customer(actor),
        "product": lambda: product(actor),
        "tax": lambda: tax_profile(actor),
        "payment": lambda: request.getfixturevalue("payment"),
        "quote": lambda: request.getfixturevalue("quote"),
        "recurring": lambda: recurring(actor),
        "transaction": lambda: expense(actor),
        "ticket": lambda: ticket(actor),
        "lead": lambda: create_lead(actor=actor, at=AT, company="Initech"),
        "bank": lambda: create_bank_account(
            actor=actor, at=AT, name="Acme", currency="EUR", iban="DE89370400440532013000"
        ),
        "wallet": lambda: create_wallet(
            actor=actor,
            at=AT,
            name="Savings",
            kind="crypto",
            currency="BTC",
            blockchain="bitcoin",
            address="1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        ),
        "member": lambda: Membership.objects.of(actor.organization_id).get(role="owner"),
    }
    return makers[noun]().uuid


def test_every_address_is_in_one_of_these_tables() -> None:
    named = {pattern.name for pattern in urlpatterns}
    assert named == {*PLAIN, *OF_A_ROW, *POSTS, *BARE_POSTS, *APART}


@pytest.mark.parametrize("name", PLAIN)
def test_pages_open_for_the_owner(staff: Client, name: str) -> None:
    response = staff.get(reverse(f"billing:{name}"))
    assert response.status_code == 200
    assert b"<script>" not in response.content
    assert b"style=" not in response.content


@pytest.mark.parametrize("name", OF_A_ROW)
def test_pages_of_a_row_open_for_the_owner(staff: Client, address: Address, name: str) -> None:
    assert staff.get(address(name)).status_code == 200


@pytest.mark.parametrize("name", [*PLAIN])
def test_nobody_is_sent_to_sign_in(db: None, name: str) -> None:
    path = reverse(f"billing:{name}")
    response = Client().get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("name", [*OF_A_ROW])
def test_nobody_sees_a_row(address: Address, name: str) -> None:
    response = Client().get(address(name))
    assert (response.status_code, response["Location"][:16]) == (302, "/accounts/login/")


@pytest.mark.parametrize("name", [*OF_A_ROW])
def test_another_organizations_row_is_not_there(
    stranger: Client, address: Address, name: str
) -> None:
    assert stranger.get(address(name)).status_code == 404


@pytest.mark.parametrize("name", [*PLAIN, *OF_A_ROW])
def test_a_viewer_opens_what_only_reads(viewer: Client, address: Address, name: str) -> None:
    path = reverse(f"billing:{name}") if name in PLAIN else address(name)
    needed = PLAIN.get(name) or OF_A_ROW.get(name)
    assert viewer.get(path).status_code == (403 if needed else 200)


@pytest.mark.parametrize("name", POSTS)
def test_a_viewer_changes_nothing(viewer: Client, address: Address, name: str) -> None:
    path = address(name)
    before = Event.objects.count()
    assert viewer.post(path).status_code == 403
    assert Event.objects.count() == before


@pytest.mark.parametrize("name", [name for name, needed in OF_A_ROW.items() if needed])
def test_a_viewers_forms_are_refused(viewer: Client, address: Address, name: str) -> None:
    path = address(name)
    before = Event.objects.count()
    assert viewer.post(path, {"reason": "no", "amount": "1"}).status_code == 403
    assert Event.objects.count() == before


@pytest.mark.parametrize("name", [name for name in POSTS if not name.startswith("api-key")])
def test_a_stranger_changes_nothing(stranger: Client, address: Address, name: str) -> None:
    path = address(name)
    before = Event.objects.count()
    assert stranger.post(path).status_code == 404
    assert Event.objects.count() == before


@pytest.mark.parametrize("name", POSTS)
def test_changes_are_posts(staff: Client, address: Address, name: str) -> None:
    assert staff.get(address(name)).status_code == 405


def test_someone_without_an_organization_is_told(db: None) -> None:
    client = Client()
    client.force_login(create_user(at=AT, email="new@nowhere.test", password="long enough word"))
    assert client.get("/").status_code == 403


def test_the_navigation_hides_what_the_role_may_not_open(viewer: Client) -> None:
    page = viewer.get("/").content.decode()
    assert 'href="/invoices"' in page
    assert 'href="/settings/api-keys"' not in page
    assert 'href="/invoices/new"' not in page


def test_actions_on_an_invoice_are_hidden_from_a_viewer(viewer: Client, invoice: Invoice) -> None:
    page = viewer.get(f"/invoices/{invoice.uuid}").content.decode()
    assert f"/invoices/{invoice.uuid}/pdf" in page
    for action in ("send", "pay", "void", "credit", "amend", "duplicate"):
        assert f"/invoices/{invoice.uuid}/{action}" not in page


def test_a_payment_page_hides_its_buttons_from_a_viewer(viewer: Client, payment: Payment) -> None:
    page = viewer.get(f"/payments/{payment.uuid}").content.decode()
    assert f"/payments/{payment.uuid}/refund" not in page


def test_a_quote_page_hides_its_buttons_from_a_viewer(viewer: Client, quote: Quote) -> None:
    page = viewer.get(f"/quotes/{quote.uuid}").content.decode()
    assert f"/quotes/{quote.uuid}/open" not in page


def test_the_kit_is_for_development_only(staff: Client) -> None:
    assert staff.get("/ui-kit").status_code == 404


def test_the_kit_shows_every_part(staff: Client, settings: Any) -> None:
    settings.DEBUG = True
    assert staff.get("/ui-kit").status_code == 200


def test_the_browser_is_told_to_run_only_our_scripts(staff: Client) -> None:
    policy = staff.get("/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
