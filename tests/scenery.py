"""One organization with a row of everything, and the arguments of every address.

For what walks through all addresses: a page about a noun that is here needs nothing more,
a new noun or a new kind of argument needs a line below.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.actors import Actor, actor_for_membership, portal_actor
from accounts.models import Membership, Organization, Role, User
from accounts.operations.api_keys import create_api_key
from accounts.operations.bank_accounts import create_bank_account
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user
from billing.exports.ordering import order_export
from billing.jobs.ordering import order_job
from billing.models import Customer, Import, Invoice
from billing.operations.attachments import attach_file
from billing.operations.contacts import add_contact
from billing.operations.credit_notes import create_credit_note
from billing.operations.disputes import open_dispute
from billing.operations.late_fee_policies import set_late_fee_policy
from billing.operations.leads import create_lead
from billing.operations.payment_links import create_payment_link
from billing.operations.payments import record_payment
from billing.operations.quote_answers import open_quote
from billing.operations.recurring import create_recurring
from billing.operations.reminder_policies import set_reminder_policy
from billing.operations.remittances import announce_remittance
from billing.operations.saved_filters import save_filter
from billing.operations.scheduled_sends import schedule_send
from billing.operations.sending import request_send
from billing.operations.suppressions import suppress_address
from billing.operations.wallets import create_wallet
from core.models import Event
from integrations.collectors import own as own_sources
from integrations.collectors.bearers import make_bearer
from integrations.mail.bounces import apply_report
from integrations.mail.reports import News, Report, Told
from integrations.mail.tracking import give_token
from integrations.mail.unsubscribing import unsubscribe_url
from integrations.models import (
    CallbackDelivery,
    Message,
    ShopDelivery,
    SupplierInvoice,
    WebhookDelivery,
)
from integrations.shops.connections import connect_shop
from integrations.webhooks.endpoints import create_endpoint
from tests.billing.admin.collecting import collect_something
from tests.browsers import signed_in
from tests.builders import (
    customer,
    draft_invoice,
    draft_quote,
    expense,
    issued_invoice,
    line,
    product,
    tax_profile,
    ticket,
)
from tests.instants import AT, TODAY
from tests.oauth import register

Row = Any
BUYER = "buyer@globex.test"
STAFF = ("accounts", "billing", "integrations")
_UNTIL = datetime.date(2099, 12, 31)


@dataclass
class Scene:
    acme: Organization
    actor: Actor
    people: dict[str, User]
    # What `<uuid:uuid>` means behind that much of an address, or on the page of that name.
    rows: dict[str, Row] = field(default_factory=dict)
    # What any other argument means, by its name or by the page's and its own.
    words: dict[str, str] = field(default_factory=dict)
    # What is asked of a page that shows nothing unasked.
    queries: dict[str, str] = field(default_factory=dict)

    def path(self, address: "Address") -> str:
        """Where that address leads here. KeyError names what this scene has no answer to."""
        arguments = {name: self._value(address, name) for name in address.arguments}
        return reverse(address.name, kwargs=arguments)

    def _value(self, address: "Address", name: str) -> str:
        known = {**self.words, **{at: str(row.uuid) for at, row in self.rows.items()}}
        stem = address.route.partition("<")[0].partition("(")[0].lstrip("^")
        for key in (f"{address.name} {name}", address.name, f"{stem} {name}", name, stem):
            if key in known:
                return known[key]
        raise KeyError(f"{address.name}: add its {name} to tests/scenery.py")


@dataclass(frozen=True)
class Address:
    """One line of the url patterns, with its namespace."""

    name: str
    route: str
    arguments: tuple[str, ...]

    @property
    def namespace(self) -> str:
        return self.name.partition(":")[0] if ":" in self.name else ""


def addresses(*namespaces: str) -> list[Address]:
    """Every address of pages with those namespaces; "" stands for pages without one."""
    found = {each.name: each for each in _walk(get_resolver().url_patterns, "", "")}
    return [each for each in found.values() if each.namespace in namespaces]


def make_scene() -> Scene:
    """Acme with a person of each role, and rows for every page. Mallory owns another place."""
    people = {role.value: _person(f"{role.value}@acme.test") for role in Role}
    acme = create_organization(
        at=AT, name="Acme", slug="acme", owner=people["owner"], currency="EUR",
        email="billing@acme.test", timezone="Europe/Berlin", vat_id="DE123456789",
        address_line1="Ackerstr. 1", postal_code="10115", city="Berlin", country="DE",
        portal_part_payments=True, accent_color="#0f766e",
    )  # fmt: skip
    for role in Role:
        if role != Role.OWNER:
            Membership.objects.create(
                organization=acme, user=people[role], role=role, created_at=AT, updated_at=AT
            )
    people["stranger"] = _person("mallory@rival.test")
    create_organization(at=AT, name="Rival", slug="rival", owner=people["stranger"], currency="EUR")
    owner = Membership.objects.of(acme.pk).select_related("user", "organization").get(role="owner")
    scene = Scene(acme, actor_for_membership(owner), people)
    buyer = customer(
        scene.actor, email=BUYER, currency="EUR", locale="en_GB", city="Bonn", country="DE"
    )
    invoice = _money(scene, buyer)
    _papers(scene, buyer, invoice)
    _desk(scene, buyer, invoice)
    _moving(scene)
    _mail(scene, buyer, invoice)
    _connections(scene)
    _collected(scene)
    return scene


def _person(email: str) -> User:
    name = email.partition("@")[0].replace("_", " ").title()
    return create_user(at=AT, email=email, password="correct horse battery", name=name)


def _money(scene: Scene, buyer: Customer) -> Invoice:
    """An invoice that is partly paid, and what belongs to it."""
    actor = scene.actor
    paid: dict[str, Any] = {
        "actor": actor, "at": AT, "currency": "EUR", "method": "cash", "payment_date": TODAY
    }  # fmt: skip
    # Before there is anything to pay, so it stays credit.
    record_payment(amount=Decimal("500.00"), customer_id=buyer.pk, **paid)
    tax = tax_profile(actor, "19")
    hosting = product(actor, "100.00", tax_profile_id=tax.pk)
    lines = [line("100.00", "3", product_id=hosting.pk, tax_profile_id=tax.pk, unit="h")]
    invoice = issued_invoice(actor, lines=lines, customer_id=buyer.pk, currency="EUR")
    payment = record_payment(amount=Decimal("40.00"), invoice_id=invoice.pk, **paid)
    credited = issued_invoice(actor, customer_id=buyer.pk, currency="EUR")
    note = create_credit_note(actor=actor, at=AT, invoice_id=credited.pk, reason="Returned")
    scene.rows |= {
        "customers/": buyer,
        "products/": hosting,
        "taxes/": tax,
        "invoices/": invoice,
        "payments/": payment,
        "credit-notes/": note,
        "transactions/": expense(actor, currency="EUR"),
    }
    return invoice


def _papers(scene: Scene, buyer: Customer, invoice: Invoice) -> None:
    """Drafts, quotes, schedules, and what strangers and customers open by a link."""
    actor, place = scene.actor, {"customer_id": buyer.pk, "currency": "EUR"}
    draft = draft_invoice(actor, **place)
    quote = draft_quote(actor, **place)
    offered = draft_quote(actor, valid_until=_UNTIL, **place)
    open_quote(actor=actor, at=AT, quote_id=offered.pk)
    disputed = issued_invoice(actor, **place)
    objection = open_dispute(
        actor=actor, at=AT, invoice_id=disputed.pk, kind="objection", reason="Too late"
    )
    schedule = create_recurring(
        actor=actor, at=AT, frequency="monthly", action="issue", lines=[line("100.00")], **place
    )
    link = create_payment_link(actor=actor, at=AT, name="Workshop", amount=Decimal("49.99"))
    set_reminder_policy(actor=actor, at=AT, customer_id=buyer.pk, is_enabled=False)
    set_late_fee_policy(actor=actor, at=AT, customer_id=buyer.pk, is_enabled=False)
    own = portal_actor(scene.acme, email=buyer.email, customer_id=buyer.pk)
    announced = announce_remittance(actor=own, at=AT, parts=[(invoice.uuid, Decimal("10.00"))])
    scene.rows |= {
        "billing:invoice-edit": draft,
        "quotes/": quote,
        "disputes/": objection,
        "recurring/": schedule,
    }
    scene.words |= {
        "billing:recurring-step action": "pause",
        "billing:quote-step action": "open",
        "billing:ticket-step action": "close",
        "remittance": str(announced.uuid),
        "i/": invoice.public_token,
        "q/": offered.public_token,
        "pay/": link.public_token,
        "portal/ slug": scene.acme.slug,
        "portal/ kind": "invoices",
        "portal/ uuid": str(invoice.uuid),
        "portal:accept uuid": str(offered.uuid),
        "portal:decline uuid": str(offered.uuid),
        "portal:withdraw uuid": str(announced.uuid),
    }
    scene.queries |= {
        "billing:bulk": f"action=remind&id={invoice.uuid}",
        "billing:search": "q=Globex",
        "portal:pay": f"invoice={invoice.uuid}",
    }


def _desk(scene: Scene, buyer: Customer, invoice: Invoice) -> None:
    """What people keep beside the books."""
    actor = scene.actor
    contact = add_contact(
        actor=actor, at=AT, customer_id=buyer.pk, name="Ann", email="ann@globex.test"
    )
    job = order_job(
        actor=actor, at=AT, today=TODAY, noun="invoices", action="remind", rows=[invoice.uuid],
        options={}, request_key=str(uuid4()),
    )  # fmt: skip
    scene.rows |= {
        "tickets/": ticket(actor),
        "leads/": create_lead(actor=actor, at=AT, company="Initech"),
        "jobs/": job,
        "views/": save_filter(actor=actor, at=AT, page="invoices", name="Late", query="q=x"),
        "attachments/": attach_file(
            actor=actor, at=AT, noun="invoice", subject_id=invoice.pk,
            file_name="plan.png", content=_PICTURE,
        ),
        "settings/team/": Membership.objects.of(scene.acme.pk).get(role="viewer"),
    }  # fmt: skip
    scene.words |= {
        "billing:bulk noun": "invoices",
        "billing:view-save page": "invoices",
        "billing:invoice-line-fill key": "0",
        "portal:contact uuid": str(contact.uuid),
        "portal:contact-remove uuid": str(contact.uuid),
    }


def _moving(scene: Scene) -> None:
    """What is under way into the organization and out of it, and where it is paid."""
    now = {"actor": scene.actor, "at": AT}
    owner = signed_in(scene.people["owner"])
    file = SimpleUploadedFile("list.csv", b"Name,Email\nHooli,ap@hooli.test\n,nobody\n")
    columns = owner.post(reverse("billing:imports"), {"noun": "customers", "file": file}).url
    form = owner.get(columns).context["form"]
    owner.post(columns, {name: form[name].value() or "" for name in form.fields})
    scene.rows |= {
        "imports/": Import.objects.get(),
        "settings/export/": order_export(with_pdfs=False, with_attachments=False, **now),
        "settings/bank-accounts/": create_bank_account(
            name="Acme GmbH", bank_name="Bank", iban="DE89370400440532013000", bic="COBADEFFXXX",
            currency="EUR", is_default=True, **now,
        ),
        "settings/wallets/": create_wallet(
            name="Savings", kind="crypto", currency="BTC", blockchain="bitcoin",
            address="1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", **now,
        ),
    }  # fmt: skip
    scene.words |= {"setup/": "taxes", "imports/examples/": "customers"}


def _mail(scene: Scene, buyer: Customer, invoice: Invoice) -> None:
    """A mail that came back, and an address that is held back since."""
    actor, to = scene.actor, "ann@globex.test"
    queued = request_send(actor=actor, at=AT, invoice_id=invoice.pk, to=[to], attach_pdf=False)
    mail = Message.objects.get(uuid=queued.message.uuid)
    recipient = mail.recipients.get()
    token = give_token(recipient)
    later = AT + datetime.timedelta(days=1)
    schedule_send(actor=actor, at=AT, invoice_id=invoice.pk, send_at=later)
    told = (Told(to, News.BOUNCED, True, "550 5.1.1 No such user"),)
    apply_report(Report(f"<{mail.pk}@mx.test>", mail.message_id, "", told), at=AT)
    held = suppress_address(
        actor=actor, at=AT, address=buyer.email, reason="unsubscribed", detail="By a link."
    )
    url = unsubscribe_url(scene.acme, "someone@globex.test")
    scene.words |= {
        "suppression": str(held.uuid),
        "recipient_id": str(recipient.pk),
        "m/": token,
        "unsubscribe/": url.rpartition("/")[2],
        # What nobody was mailed.
        "account_confirm_email key": "never",
        "account_reset_password_from_key key": "never-sent",
        "account_reset_password_from_key uidb36": "1",
        "accounts/2fa/webauthn/keys/ pk": "1",
        "settings/email-templates/ kind": "invoice",
        "settings/email-templates/ language": "en",
    }


def _connections(scene: Scene) -> None:
    """Keys, endpoints, shops and applications of other people's programs."""
    now = {"actor": scene.actor, "at": AT}
    scene.words |= {
        "format": "json",
        "docs/api/ dialect": "v1",
        "docs/reference/ slug": "attachments",
        "docs/guides/ slug": "webhooks",
        "docs/errors/ code": "amount_exceeds_due",
    }
    key, _ = create_api_key(
        organization_id=scene.acme.pk, name="Till", scopes=["invoices:read"], **now
    )
    shop = connect_shop(kind="woocommerce", domain="shop.acme.test", **now)
    refused = ShopDelivery.objects.create(
        organization=scene.acme, connection=shop, delivery_id="d-1", topic="order.created",
        state=ShopDelivery.State.REFUSED, error="No lines.", received_at=AT, body="{}",
    )  # fmt: skip
    endpoint = create_endpoint(url="http://127.0.0.1:9/hook", events=["invoice.paid"], **now)
    delivery = WebhookDelivery.objects.create(
        organization=scene.acme, endpoint=endpoint, uuid=uuid4(), event_type="invoice.paid",
        event=Event.objects.filter(organization_id=scene.acme.pk).first(), body="{}",
        status=WebhookDelivery.Status.FAILED, created_at=AT, finished_at=AT,
    )  # fmt: skip
    app = register(scene.acme)
    app.sign_in(scene.people["owner"])
    app.tokens()
    scene.queries["oauth:authorize"] = app.address().partition("?")[2]
    scene.rows |= {
        "settings/api-keys/": key,
        "settings/webhooks/": endpoint,
        "settings/shops/": shop,
        "settings/applications/": app.application,
        "settings/collecting/bearers/": make_bearer(scene.acme, AT)[0],
    }
    grant = app.application.grants.get()
    scene.words |= {
        "hooks/shops/": f"{shop.uuid}",
        "integrations:webhook-replay delivery": str(delivery.uuid),
        "integrations:shop-retry delivery_id": str(refused.pk),
        "grant": str(grant.uuid),
        "connections/": str(grant.uuid),
    }


def _collected(scene: Scene) -> None:
    """Bills of suppliers, and what the callback was told of them."""
    collect_something(scene.actor)
    file = SimpleUploadedFile("photo.png", _PICTURE)
    signed_in(scene.people["owner"]).post(reverse("integrations:inbox-upload"), {"files": file})
    scene.rows["inbox/"] = SupplierInvoice.objects.order_by("-pk")[0]
    params = {"url": "https://cloud.acme.test/in/", "user": "acme", "password": "swordfish"}
    scene.rows["inbox/sources/"] = own_sources.connect_own(
        actor=scene.actor, at=AT, collector="webdav", params=params, note="", download_from=AT
    )
    scene.words["inbox/sources/new/"] = "imap"
    told = CallbackDelivery.objects.order_by("pk")[0]
    scene.words["integrations:collecting-replay delivery_id"] = str(told.pk)


def _walk(
    patterns: list[Any], route: str, space: str, given: tuple[str, ...] = ()
) -> Iterator[Address]:
    for each in patterns:
        at = route + str(each.pattern)
        names = (*given, *each.pattern.converters, *each.pattern.regex.groupindex)
        arguments = tuple(dict.fromkeys(names))
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, at, each.namespace or space, arguments)
        elif isinstance(each, URLPattern) and each.name:
            yield Address(f"{space}:{each.name}" if space else each.name, at, arguments)


_PICTURE = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\x06\0\0\0\x1f\x15\xc4\x89"
    b"\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82"
)
