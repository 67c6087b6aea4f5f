"""Two people edit one row: the second sees what the first did, and chooses."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.operations.organizations import update_organization
from billing.models import Customer, Invoice, Product
from billing.operations.contacts import add_contact
from billing.operations.customers import update_customer
from billing.operations.invoices import update_invoice
from billing.operations.products import update_product
from tests.builders import customer, draft_invoice, product
from tests.instants import AT

pytestmark = pytest.mark.django_db


def filled(page: Any, form: Any, **changes: Any) -> dict[str, Any]:
    """What the browser would post, with some fields typed anew."""
    data = {"version": page.context["version"]}
    for bound in form:
        value = bound.value()
        if value not in (None, False):
            data[bound.html_name] = "on" if value is True else value
    return {**data, **changes}


def test_who_saves_second_sees_who_changed_what(staff: Client, actor: Actor) -> None:
    row = customer(actor, "Globex")
    path = f"/customers/{row.uuid}/edit"
    page = staff.get(path)
    mine = filled(page, page.context["form"], city="Mine")
    update_customer(actor=actor, at=AT, customer_id=row.pk, city="Theirs")

    answer = staff.post(path, mine)

    assert answer.status_code == 422
    ((change, lines),) = answer.context["conflict"].changes
    assert change.who == actor.label
    assert [(line.name, line.before, line.after) for line in lines] == [("City", "–", "Theirs")]
    assert answer.context["form"]["city"].value() == "Mine"
    assert Customer.objects.get(pk=row.pk).city == "Theirs"

    again = filled(answer, answer.context["form"])
    assert staff.post(path, again).status_code == 302
    assert Customer.objects.get(pk=row.pk).city == "Mine"


def test_what_is_wrong_in_the_form_does_not_hide_a_conflict(staff: Client, actor: Actor) -> None:
    row = customer(actor, "Globex")
    path = f"/customers/{row.uuid}/edit"
    page = staff.get(path)
    update_customer(actor=actor, at=AT, customer_id=row.pk, city="Theirs")
    wrong = staff.post(path, filled(page, page.context["form"], name=""))
    assert wrong.context["conflict"] is None
    answer = staff.post(path, filled(wrong, wrong.context["form"], name="Mine"))
    assert len(answer.context["conflict"].changes) == 1


def test_a_new_contact_is_no_conflict(staff: Client, actor: Actor) -> None:
    row = customer(actor, "Globex")
    page = staff.get(f"/customers/{row.uuid}/edit")
    add_contact(actor=actor, at=AT, customer_id=row.pk, name="Ada")
    mine = filled(page, page.context["form"], city="Mine")
    assert staff.post(f"/customers/{row.uuid}/edit", mine).status_code == 302


def test_products_and_settings_are_guarded_too(staff: Client, actor: Actor) -> None:
    row = product(actor)
    page = staff.get(f"/products/{row.uuid}")
    mine = filled(page, page.context["form"], sku="MINE")
    update_product(actor=actor, at=AT, product_id=row.pk, unit_price=Decimal(7))
    assert staff.post(f"/products/{row.uuid}", mine).context["conflict"] is not None
    assert Product.objects.get(pk=row.pk).sku != "MINE"

    page = staff.get("/settings/organization")
    mine = filled(page, page.context["form"], phone="1")
    update_organization(actor=actor, at=AT, phone="2")
    assert staff.post("/settings/organization", mine).context["conflict"] is not None


def test_a_draft_shows_the_other_s_change_and_is_saved_once_more(
    staff: Client, actor: Actor
) -> None:
    draft = draft_invoice(actor)
    path = f"/invoices/{draft.uuid}/edit"
    editor = staff.get(path).context["editor"]
    mine = {"intent": "save"}
    for form in (editor.head, *editor.lines):
        mine |= {b.html_name: b.value() for b in form if b.value() not in (None, False)}
    mine |= {"notes": "Mine"}
    lines = [form.key for form in editor.lines]
    mine |= {"line": lines, "issue_date": draft.issue_date.isoformat()}
    update_invoice(actor=actor, at=AT, invoice_id=draft.pk, notes="Theirs")

    answer = staff.post(path, mine)

    assert answer.status_code == 422
    ((_, found),) = answer.context["conflict"].changes
    assert ("Notes", "Theirs") in [(line.name, line.after) for line in found]
    again = {**mine, "version": answer.context["editor"].head["version"].value()}
    assert staff.post(path, again).status_code == 302
    assert Invoice.objects.get(pk=draft.pk).notes == "Mine"
