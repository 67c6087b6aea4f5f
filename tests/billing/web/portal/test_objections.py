"""Saying that an invoice or a line of it is wrong, and reading the answer."""

from django.test import Client

from accounts.actors import Actor
from accounts.operations.organizations import update_organization
from billing.models import Customer, Dispute, Invoice
from billing.operations.disputes import lose_dispute
from tests.builders import customer, issued_invoice
from tests.instants import AT


def address(invoice: Invoice) -> str:
    return f"/portal/acme/invoices/{invoice.uuid}/dispute"


def test_an_invoice_and_a_line_are_disputed_and_answered(
    actor: Actor, buyer: Customer, portal: Client
) -> None:
    invoice = issued_invoice(actor, customer_id=buyer.pk)
    line = invoice.lines.get()
    assert portal.post(address(invoice), {"reason": "Not ordered"}).status_code == 303
    part = {"reason": "Too dear", "line": str(line.uuid)}
    assert portal.post(address(invoice), part).status_code == 303
    whole, of_line = Dispute.objects.order_by("pk")
    assert (whole.reason, whole.opened_by, whole.kind) == (
        "Not ordered", "ap@globex.test", "objection")  # fmt: skip
    assert (of_line.line, of_line.amount) == (line, 10000)
    assert portal.post(address(invoice), {"reason": "Again"}).status_code == 409
    lose_dispute(actor=actor, at=AT, dispute_id=whole.pk, note="You are right, sorry.")
    page = portal.get(f"/portal/acme/documents/invoices/{invoice.uuid}").content.decode()
    for text in ("Not ordered", "Answer: You are right, sorry.", "Waiting for an answer"):
        assert text in page


def test_a_reason_is_needed(actor: Actor, buyer: Customer, portal: Client) -> None:
    invoice = issued_invoice(actor, customer_id=buyer.pk)
    assert portal.post(address(invoice), {"reason": "  "}).status_code == 422
    assert Dispute.objects.count() == 0


def test_others_invoices_and_lines_are_not_disputed(
    actor: Actor, buyer: Customer, portal: Client
) -> None:
    other = customer(actor, name="Initech", email="ap@initech.test")
    foreign = issued_invoice(actor, customer_id=other.pk)
    own = issued_invoice(actor, customer_id=buyer.pk)
    assert portal.post(address(foreign), {"reason": "Mine"}).status_code == 404
    part = {"reason": "Mine", "line": str(foreign.lines.get().uuid)}
    assert portal.post(address(own), part).status_code == 409
    assert Dispute.objects.count() == 0


def test_the_organization_may_switch_objections_off(
    actor: Actor, buyer: Customer, portal: Client
) -> None:
    invoice = issued_invoice(actor, customer_id=buyer.pk)
    update_organization(actor=actor, at=AT, portal_disputes=False)
    assert portal.post(address(invoice), {"reason": "Not ordered"}).status_code == 404
    page = portal.get(f"/portal/acme/documents/invoices/{invoice.uuid}").content.decode()
    assert "/dispute" not in page
    assert Dispute.objects.count() == 0
