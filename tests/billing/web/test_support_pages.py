"""Tickets and leads in the browser."""

import pytest
from django.test import Client

from accounts.actors import Actor
from billing.models import Customer, Lead, Ticket
from billing.operations.leads import create_lead
from tests.builders import customer, ticket
from tests.instants import AT


def test_a_question_is_written_down_answered_and_closed(staff: Client, actor: Actor) -> None:
    customer(actor, "Initech")
    made = staff.post(
        "/tickets/new",
        {
            "customer": "Initech",
            "priority": "high",
            "department": "",
            "subject": "Printer",
            "message": "PC LOAD LETTER",
        },
    )
    opened = Ticket.objects.get()
    assert (made.status_code, made["Location"]) == (302, f"/tickets/{opened.uuid}")
    path = f"/tickets/{opened.uuid}"
    staff.post(f"{path}/reply", {"message": "Paper is empty.", "author": "staff"})
    opened.refresh_from_db()
    assert opened.status == "pending"
    page = staff.get(path).content.decode()
    assert page.index("PC LOAD LETTER") < page.index("Paper is empty.")
    staff.post(f"{path}/close")
    assert "Closed" in staff.get(path).content.decode()
    staff.post(f"{path}/reply", {"message": "Still broken", "author": "customer"})
    opened.refresh_from_db()
    assert (opened.status, opened.closed_at) == ("open", None)


def test_a_customer_that_nobody_knows_is_refused_beside_the_field(
    staff: Client, actor: Actor
) -> None:
    answer = staff.post(
        "/tickets/new",
        {"customer": "Nobody", "priority": "low", "subject": "Hello", "message": "Hi"},
    )
    assert answer.status_code == 422
    assert "There is no such customer" in answer.content.decode()
    assert not Ticket.objects.exists()


def test_an_empty_reply_is_refused(staff: Client, actor: Actor) -> None:
    row = ticket(actor)
    answer = staff.post(f"/tickets/{row.uuid}/reply", {"message": "  ", "author": "staff"})
    assert answer.status_code == 422
    assert row.replies.count() == 1


@pytest.mark.parametrize(
    ("query", "found"), [("", 2), ("?status=closed", 0), ("?q=paper", 1), ("?q=Globex", 2)]
)
def test_the_list_is_filtered(staff: Client, actor: Actor, query: str, found: int) -> None:
    ticket(actor)
    ticket(actor, "No paper")
    page = staff.get(f"/tickets{query}").content.decode()
    assert page.count('class="row-link"') == found


def test_a_lead_becomes_a_customer_once(staff: Client, actor: Actor) -> None:
    filled = {"company": "Initech", "first_name": "Ann", "email": "ann@initech.test"}
    made = staff.post("/leads/new", filled)
    lead = Lead.objects.get()
    assert made["Location"] == f"/leads/{lead.uuid}"
    staff.post(f"/leads/{lead.uuid}", {**filled, "status": "qualified"})
    answer = staff.post(f"/leads/{lead.uuid}/convert")
    found = Customer.objects.get()
    assert answer["Location"] == f"/customers/{found.uuid}"
    assert (found.name, found.email) == ("Initech", "ann@initech.test")
    staff.post(f"/leads/{lead.uuid}/convert")
    assert Customer.objects.count() == 1
    page = staff.get(f"/leads/{lead.uuid}").content.decode()
    assert "Converted" in page and "Make a customer" not in page


def test_a_lead_without_a_name_is_refused(staff: Client, actor: Actor) -> None:
    answer = staff.post("/leads/new", {"phone": "123"})
    assert answer.status_code == 422
    assert "A lead needs a name" in answer.content.decode()


def test_a_converted_lead_may_still_be_described(staff: Client, actor: Actor) -> None:
    lead = create_lead(actor=actor, at=AT, company="Initech")
    staff.post(f"/leads/{lead.uuid}/convert")
    staff.post(f"/leads/{lead.uuid}", {"company": "Initech", "notes": "Met at the fair"})
    lead.refresh_from_db()
    assert (lead.notes, lead.status) == ("Met at the fair", "converted")


def test_a_viewer_reads_a_lead_and_changes_nothing(viewer: Client, actor: Actor) -> None:
    lead = create_lead(actor=actor, at=AT, company="Initech", phone="555")
    page = viewer.get(f"/leads/{lead.uuid}").content.decode()
    assert "555" in page and "data-guard" not in page
    assert viewer.post(f"/leads/{lead.uuid}", {"company": "Mine"}).status_code == 403
    lead.refresh_from_db()
    assert lead.company == "Initech"
