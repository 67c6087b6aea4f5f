"""An operator, and a small demo story that every page has something to show of."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.actors import Actor, system_actor
from accounts.models import Membership, Organization, User
from accounts.operations.api_keys import create_api_key
from accounts.operations.users import create_user
from billing.models import Customer, Invoice, Product
from billing.operations.app_prices import Item
from billing.operations.attachments import attach_file
from billing.operations.disputes import open_dispute
from billing.operations.late_fees import charge_late_fees_in
from billing.operations.leads import create_lead
from billing.operations.payment_links import create_payment_link
from billing.operations.payment_requests import create_app_invoice
from billing.operations.reminders import remind
from billing.operations.scheduled_sends import schedule_send
from billing.operations.sending import request_send
from billing.operations.suppressions import suppress_address
from billing.operations.tickets import create_department, open_ticket, reply_to_ticket
from billing.operations.transactions import record_transaction
from billing.operations.wallets import create_wallet
from core.models import EventSeal, Lease, WorkerHeartbeat
from integrations.demo.building import SMALL, Demo, ensure_demo
from integrations.mail.templates import set_template
from integrations.models import (
    ClockAdvance,
    FeedCounter,
    IdempotencyRecord,
    MailboxCursor,
    RateLimitWindow,
    ShopRecord,
    WebhookAttempt,
    WebhookDelivery,
)
from integrations.shops.booking import book
from integrations.shops.connections import connect_shop
from integrations.shops.receiving import accept
from integrations.shops.signing import sign
from integrations.webhooks.endpoints import create_endpoint
from tests.billing.admin.collecting import collect_something
from tests.billing.admin.desk import work_on_many
from tests.billing.admin.visitors import let_visitors_in
from tests.oauth import register

AT = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)
SECRETS: list[str] = []


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Demo]:
    """The story, told once per module and taken back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo = ensure_demo(at=AT, size=SMALL, sandbox=SMALL)
        _fill_the_rest(demo)
        yield demo
        transaction.set_rollback(True)


@pytest.fixture
def operator(told: Demo, db: None) -> User:
    return create_user(at=AT, email="op@installation.test", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def filled(page: Any, **changes: Any) -> dict[str, Any]:
    """What a browser would post from that form page, with some fields typed anew."""
    data: dict[str, Any] = {}
    for bound in page.context["adminform"].form:
        value = bound.value()
        if value is True:
            data[bound.html_name] = "on"
        elif value is not None and value is not False and not isinstance(value, FieldFile):
            data[bound.html_name] = value
    for inline in page.context["inline_admin_formsets"]:
        for bound in inline.formset.management_form:
            data[bound.html_name] = bound.value()
    return {**data, **changes}


def _fill_the_rest(demo: Demo) -> None:
    """Rows of the tables that a quiet past leaves empty."""
    organization = demo.organization
    actor = system_actor(organization.pk)
    work_on_many(organization)
    for n in range(4):
        key, secret = create_api_key(
            actor=None,
            at=AT,
            organization_id=organization.pk,
            name=f"K{n}",
            scopes=["invoices:read"],
        )
        endpoint = create_endpoint(
            actor=actor,
            at=AT,
            url=f"http://127.0.0.1:1/{n}",
            events=["invoice.created"],
            description="",
        )
        SECRETS.extend([secret, key.digest, endpoint.secret])
        delivery = WebhookDelivery.objects.create(
            uuid=endpoint.uuid,
            organization=organization,
            endpoint=endpoint,
            event_type="webhook.test",
            body='{"total":7128.00}',
            created_at=AT,
        )
        WebhookAttempt.objects.create(
            organization=organization,
            delivery=delivery,
            number=1,
            attempted_at=AT,
            duration_ms=3,
            response_code=500,
        )
        IdempotencyRecord.objects.create(
            organization=organization,
            key=f"order-{n}",
            fingerprint="0" * 64,
            status_code=201,
            content_type="application/json",
            body=f"answer with {secret}".encode(),
            created_at=AT,
            expires_at=AT,
        )
        RateLimitWindow.objects.create(key=f"window-{n}", window_start=0, used=n)
        WorkerHeartbeat.objects.create(name=f"worker-{n}", seen_at=AT)
        EventSeal.objects.create(
            organization_id=n + 1,
            number=1,
            last_position=n,
            event_count=1,
            previous_hash="0" * 64,
            hash="0" * 64,
            sealed_at=AT,
        )
        Lease.objects.create(name=f"lease-{n}", holder="host", held_until=AT)
        WebhookDelivery.objects.filter(pk=delivery.pk).update(status="failed")
    for kind in ("invoice", "quote", "receipt", "reminder"):
        set_template(actor=actor, at=AT, kind=kind, language="en", subject="Ours")
    _keep_company(actor)
    SECRETS.extend(collect_something(actor))
    SECRETS.extend(let_visitors_in(organization))
    spring = AT + datetime.timedelta(days=80)
    assert charge_late_fees_in(organization=organization, at=spring, limit=4) >= 4
    _let_programs_in(organization)
    _bill_by_application(organization, actor)
    _connect_shops(actor)
    sandbox = Organization.objects.get(livemode=False)
    FeedCounter.objects.get_or_create(pk=1)
    ClockAdvance.objects.create(
        organization=sandbox, target=AT, requested_at=AT, next_attempt_at=AT
    )
    issued = Invoice.objects.of(organization.pk).issued().order_by("pk")
    for invoice in issued[:4]:
        request_send(actor=actor, at=AT, invoice_id=invoice.pk)
        later = AT + datetime.timedelta(days=5)
        schedule_send(actor=actor, at=AT, invoice_id=invoice.pk, send_at=later)
        open_dispute(actor=actor, at=AT, invoice_id=invoice.pk, kind="objection", reason="Too late")
        SECRETS.append(invoice.public_token)
        suppress_address(
            actor=actor, at=AT, address=f"{invoice.pk}@gone.test", reason="bounced", detail="550"
        )
        MailboxCursor.objects.create(
            mailbox=f"bounces@mx{invoice.pk}", uid_validity=1, last_uid=7, read_at=AT
        )


def _bill_by_application(organization: Organization, actor: Actor) -> None:
    """Key pairs of applications, wallets, and what the applications asked for."""
    customer = Customer.objects.of(organization.pk).earliest("pk")
    product = Product.objects.of(organization.pk).filter(currency="USD").earliest("pk")
    for n in range(4):
        key, secret = create_api_key(
            actor=None,
            at=AT,
            organization_id=organization.pk,
            name=f"App {n}",
            dialect="wallet",
            scopes=["invoices:write"],
        )
        SECRETS.append(secret)
        wallet = create_wallet(
            actor=actor,
            at=AT,
            name=f"Wallet {n}",
            kind="crypto",
            currency="USDC",
            blockchain="ethereum",
            address="0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        )
        assert key.app is not None
        create_app_invoice(
            actor=actor,
            at=AT,
            app=key.app,
            wallet=wallet,
            customer_id=customer.pk,
            items=[Item(product, Decimal(1))],
            due_date=AT.date(),
            currency="USDC",
            is_open=False,
            name="Services",
            email="payer@customer.test",
            delivery="manually",
            methods=["crypto"],
        )


def _let_programs_in(organization: Organization) -> None:
    """Applications, one with tokens that are out and a code that nobody fetched."""
    for n in range(4):
        app = register(organization, name=f"Sync {n}")
        SECRETS.append(app.secret)
    owner = Membership.objects.of(organization.pk).filter(role="owner").earliest("pk")
    app.sign_in(owner.user)
    for _ in range(4):
        tokens = app.tokens()
        SECRETS.extend([tokens["access_token"], tokens["refresh_token"], app.code()])


def _connect_shops(actor: Actor) -> None:
    """Shops, what they sent, and what that became."""
    for n in range(4):
        shop = connect_shop(
            actor=actor,
            at=AT,
            kind="woocommerce",
            domain=f"shop{n}.test",
            secret=f"{n}-secret-of-shop",
        )
        SECRETS.append(shop.secret)
        raw = b'{"id": 1, "total": "7128.00"}'
        headers = {
            "X-WC-Webhook-Signature": sign(shop.secret, raw),
            "X-WC-Webhook-Topic": "order.deleted",
            "X-WC-Webhook-Delivery-ID": str(n),
        }
        book(accept(shop, headers, raw, AT)[0], AT)
        ShopRecord.objects.create(
            organization_id=actor.organization_id,
            connection=shop,
            kind=ShopRecord.Kind.ORDER,
            external_id="1",
            created_at=AT,
        )


def _keep_company(actor: Actor) -> None:
    """What customers ask and promise, and what is written into the books by hand."""
    customer = Customer.objects.of(actor.organization_id).earliest("pk")
    department = create_department(actor=actor, at=AT, name="Billing")
    still_open = Invoice.objects.of(actor.organization_id).open().order_by("pk")
    for n, invoice in enumerate(still_open[:4]):
        ticket = open_ticket(
            actor=actor,
            at=AT,
            customer_id=customer.pk,
            subject=f"Question {n}",
            message="Where is my invoice?",
            department_id=department.pk,
        )
        reply_to_ticket(actor=actor, at=AT, ticket_id=ticket.pk, message="In your mailbox.")
        create_lead(actor=actor, at=AT, company=f"Prospect {n}", email=f"p{n}@prospect.test")
        record_transaction(
            actor=actor, at=AT, kind="expense", amount=Decimal(n + 1), date=AT.date()
        )
        attach_file(
            actor=actor,
            at=AT,
            noun="invoice",
            subject_id=invoice.pk,
            file_name=f"sheet-{n}.txt",
            content=b"2 h on Monday",
        )
        link = create_payment_link(actor=actor, at=AT, name=f"Deposit {n}", amount=Decimal(100))
        SECRETS.append(link.public_token)
        remind(actor=actor, at=AT, invoice_id=invoice.pk, to=["books@prospect.test"])
