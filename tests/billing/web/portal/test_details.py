"""What customers change of themselves, what staff learn of it, and what stays."""

from typing import Any

from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from accounts.operations.organizations import update_organization
from billing.models import Customer, CustomerContact, Invoice, PortalSession
from billing.operations.contacts import add_contact
from core.models import Event
from integrations.models import Message
from tests.browsers import signed_in
from tests.builders import customer, issued_invoice
from tests.instants import AT

DETAILS = "/portal/acme/details"
NEW = {
    "address_line1": "Neue Str. 2",
    "postal_code": "53111",
    "city": "Bonn",
    "country": "DE",
    "locale": "de",
}


def test_a_new_address_is_for_new_documents_only(
    actor: Actor, buyer: Customer, portal: Client, drain: Any
) -> None:
    invoice = issued_invoice(actor, customer_id=buyer.pk)
    assert portal.post(DETAILS, NEW).status_code == 303
    buyer.refresh_from_db()
    assert (buyer.address_line1, buyer.locale) == ("Neue Str. 2", "de")
    assert buyer.name == "Globex Corporation"
    assert Invoice.objects.get(pk=invoice.pk).buyer["address_line1"] == "Rheinweg 1"
    event = Event.objects.get(type="customer.updated")
    assert (event.actor_kind, event.actor_label) == ("portal", "ap@globex.test")
    assert "Rheinweg 1" in event.previous
    drain()
    alert = Message.objects.get(kind="alert")
    assert alert.subject == "Globex Corporation changed their details"
    assert "Address line1: Rheinweg 1 → Neue Str. 2" in alert.body


def test_the_country_of_the_language_stays(buyer: Customer, portal: Client) -> None:
    portal.post(DETAILS, {**NEW, "locale": "en"})
    buyer.refresh_from_db()
    assert buyer.locale == "en_GB"


def test_what_is_wrong_is_said_beside_its_field(buyer: Customer, portal: Client) -> None:
    for bad in ({"country": "XXX"}, {"locale": "tlh"}, {"city": "x" * 300}):
        answer = portal.post(DETAILS, {**NEW, **bad})
        assert answer.status_code == 422
    buyer.refresh_from_db()
    assert buyer.address_line1 == "Rheinweg 1"
    assert Event.objects.filter(type="customer.updated").count() == 0


def test_fields_that_are_the_sellers_are_not_taken(buyer: Customer, portal: Client) -> None:
    portal.post(
        DETAILS,
        {**NEW, "name": "Evil", "vat_id": "X", "email": "e@vil.test", "credit_limit": "1",
         "status": "archived", "payment_terms_days": "3000"},
    )  # fmt: skip
    buyer.refresh_from_db()
    assert (buyer.name, buyer.vat_id, buyer.email, buyer.status) == (
        "Globex Corporation", "", "ap@globex.test", "active")  # fmt: skip


def test_contacts_come_and_go(buyer: Customer, portal: Client) -> None:
    person = {"name": "Homer", "email": "homer@globex.test", "receives_invoices": "on"}
    assert portal.post(f"{DETAILS}/contacts", person).status_code == 303
    contact = CustomerContact.objects.get()
    assert (contact.customer, contact.receives_invoices) == (buyer, True)
    page = f"{DETAILS}/contacts/{contact.uuid}"
    assert portal.get(page).status_code == 200
    assert portal.post(page, {"name": "Homer S.", "email": "no address"}).status_code == 422
    assert portal.post(page, {"name": "Homer S.", "email": "h@globex.test"}).status_code == 303
    contact.refresh_from_db()
    assert (contact.name, contact.receives_invoices) == ("Homer S.", False)
    assert portal.post(f"{page}/remove").status_code == 303
    assert CustomerContact.objects.count() == 0


def test_nobody_locks_themselves_out(actor: Actor, buyer: Customer, enter: Any) -> None:
    contact = add_contact(
        actor=actor, at=AT, customer_id=buyer.pk, name="Homer", email="homer@globex.test",
        receives_invoices=True,
    )  # fmt: skip
    homer = enter("homer@globex.test")
    page = f"{DETAILS}/contacts/{contact.uuid}"
    assert homer.post(page, {"name": "Homer", "email": "homer@globex.test"}).status_code == 422
    assert homer.post(f"{page}/remove").status_code == 409
    contact.refresh_from_db()
    assert contact.receives_invoices


def test_others_contacts_are_not_found(actor: Actor, buyer: Customer, portal: Client) -> None:
    other = customer(actor, name="Initech", email="ap@initech.test")
    contact = add_contact(actor=actor, at=AT, customer_id=other.pk, name="Bill")
    page = f"{DETAILS}/contacts/{contact.uuid}"
    assert portal.get(page).status_code == 404
    assert portal.post(page, {"name": "Evil"}).status_code == 404
    assert portal.post(f"{page}/remove").status_code == 404
    contact.refresh_from_db()
    assert contact.name == "Bill"


def test_the_organization_may_keep_details_to_itself(
    actor: Actor, buyer: Customer, portal: Client
) -> None:
    update_organization(actor=actor, at=AT, portal_changes=False)
    assert portal.get(DETAILS).status_code == 404
    assert portal.post(DETAILS, NEW).status_code == 404
    assert DETAILS not in portal.get("/portal/acme").content.decode()
    buyer.refresh_from_db()
    assert buyer.address_line1 == "Rheinweg 1"


def test_staff_invite_and_sign_out(
    alice: User, buyer: Customer, portal: Client, drain: Any, mailoutbox: list[Any]
) -> None:
    staff, page = signed_in(alice), f"/customers/{buyer.uuid}/portal"
    shown = staff.get(page).content.decode()
    assert "http://testserver/portal/acme" in shown
    assert "ap@globex.test" in shown
    assert f"{page}" in staff.get(f"/customers/{buyer.uuid}").content.decode()
    assert staff.post(f"{page}/invite").status_code == 302
    message = Message.objects.get(kind="invitation")
    assert [one.address for one in message.recipients.all()] == ["ap@globex.test"]
    assert staff.post(f"{page}/out").status_code == 302
    assert PortalSession.objects.get().ended_at is not None
    assert portal.get("/portal/acme/statement").status_code == 303


def test_staff_switch_the_portal_off(actor: Actor, alice: User, bob: User) -> None:
    staff = signed_in(alice)
    assert staff.get("/settings/portal").status_code == 200
    assert signed_in(bob).get("/settings/portal").status_code == 403
    assert staff.post("/settings/portal", {"portal_part_payments": "on"}).status_code == 302
    assert Client().get("/portal/acme").status_code == 404
    assert staff.post("/settings/portal", {"portal_enabled": "on"}).status_code == 302
    assert Client().get("/portal/acme").status_code == 200


def test_the_public_page_of_an_invoice_leads_to_the_portal(
    actor: Actor, buyer: Customer, client: Client
) -> None:
    invoice = issued_invoice(actor, customer_id=buyer.pk)
    address = f"/i/{invoice.public_token}"
    assert 'href="/portal/acme"' in client.get(address).content.decode()
    update_organization(actor=actor, at=AT, portal_enabled=False)
    assert "/portal/" not in client.get(address).content.decode()
