"""Failed mail in the browser: found, understood, sent again; and addresses that are held back."""

import datetime
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from billing.models import Customer, Invoice, MailSuppression
from billing.operations.sending import request_send
from billing.operations.suppressions import suppress_address
from core.models import Event
from integrations.mail.bounces import apply_report
from integrations.mail.reports import News, Report, Told
from integrations.models import Message, MessageRecipient
from integrations.work import drain
from tests.browsers import signed_in
from tests.builders import issued_invoice
from tests.instants import AT

ANN = "ann@globex.test"
YESTERDAY = AT - datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def invoice(actor: Actor) -> Invoice:
    return issued_invoice(actor, "1234.50")


def bounced(actor: Actor, invoice: Invoice, at: datetime.datetime = AT) -> MessageRecipient:
    """The invoice mailed to Ann, accepted, and come back at that instant."""
    queued = request_send(
        actor=actor, at=YESTERDAY, invoice_id=invoice.pk, to=[ANN], attach_pdf=False
    )
    message = Message.objects.get(uuid=queued.message.uuid)
    drain(YESTERDAY)
    told = Told(ANN, News.BOUNCED, True, "550 5.1.1 No such user")
    apply_report(Report(f"<{message.pk}@mx.test>", message.message_id, "", (told,)), at=at)
    return message.recipients.get()


def page(client: Client, query: str = "") -> str:
    return client.get(f"/mail/failed{query}").content.decode()


def test_what_came_back_today_is_listed_with_its_reason(
    staff: Client, actor: Actor, invoice: Invoice
) -> None:
    bounced(actor, invoice)
    text = page(staff)
    assert ANN in text
    assert "550 5.1.1 No such user" in text
    assert f"/invoices/{invoice.uuid}" in text
    assert str(invoice.number) in text


def test_yesterdays_failures_are_under_the_week(
    staff: Client, actor: Actor, invoice: Invoice
) -> None:
    bounced(actor, invoice, at=YESTERDAY)
    assert "No mail has failed" in page(staff)
    assert ANN in page(staff, "?status=week")


def test_today_begins_at_the_organizations_own_midnight(
    staff: Client, actor: Actor, invoice: Invoice
) -> None:
    """Berlin's 15 January began at 23:00 UTC."""
    bounced(actor, invoice, at=AT.replace(day=14, hour=23, minute=0))
    assert ANN in page(staff)
    MessageRecipient.objects.update(updated_at=AT.replace(day=14, hour=22, minute=59))
    assert ANN not in page(staff)


def test_sending_again_makes_one_new_mail(staff: Client, actor: Actor, invoice: Invoice) -> None:
    failed = bounced(actor, invoice)
    address = f"/mail/failed/{failed.pk}/resend"
    staff.post(address)
    staff.post(address)
    rows = Message.objects.filter(kind="invoice").order_by("pk")
    assert rows.count() == 2
    again = rows.last()
    assert again is not None
    assert again.recipients.get().address == ANN
    assert again.message_id != failed.message.message_id
    assert "Sent again" in page(staff)


def test_what_has_not_failed_is_not_sent_again(
    staff: Client, actor: Actor, invoice: Invoice
) -> None:
    request_send(actor=actor, at=AT, invoice_id=invoice.pk, to=[ANN], attach_pdf=False)
    staff.post(f"/mail/failed/{MessageRecipient.objects.get().pk}/resend")
    assert Message.objects.count() == 1


def test_viewers_may_look_and_strangers_not_even_that(
    actor: Actor, invoice: Invoice, bob_actor: Actor, bob: User, mallory_actor: Actor, mallory: User
) -> None:
    failed = bounced(actor, invoice)
    address = f"/mail/failed/{failed.pk}/resend"
    viewer, stranger = signed_in(bob), signed_in(mallory)
    assert ANN in page(viewer)
    assert "Send again" not in page(viewer)
    assert viewer.post(address).status_code == 403
    assert ANN not in page(stranger)
    assert stranger.post(address).status_code == 404
    assert Client().get("/mail/failed").status_code == 302
    assert Message.objects.filter(kind="invoice").count() == 1


def test_the_invoice_tells_the_whole_story(staff: Client, actor: Actor, invoice: Invoice) -> None:
    bounced(actor, invoice)
    text = staff.get(f"/invoices/{invoice.uuid}").content.decode()
    assert "What happened" in text
    for word in ("Queued", "Accepted", "Bounced", "delivery report: 550 5.1.1 No such user"):
        assert word in text


class TestCustomer:
    @pytest.fixture
    def customer(self, invoice: Invoice) -> Customer:
        return invoice.customer

    @pytest.fixture
    def held(self, actor: Actor, customer: Customer) -> MailSuppression:
        return suppress_address(
            actor=actor, at=AT, address=customer.email.upper(), reason="bounced", detail="550 gone"
        )

    def test_a_held_back_address_is_shown_with_its_reason(
        self, staff: Client, customer: Customer, held: MailSuppression
    ) -> None:
        text = staff.get(f"/customers/{customer.uuid}").content.decode()
        assert "Mail that is held back" in text
        assert "550 gone" in text

    def test_staff_lifts_it_once(
        self, staff: Client, customer: Customer, held: MailSuppression
    ) -> None:
        address = f"/customers/{customer.uuid}/suppressions/{held.uuid}/lift"
        staff.post(address)
        staff.post(address)
        held.refresh_from_db()
        assert (held.lifted_at, held.lifted_by) == (AT, "alice@acme.test")
        assert Event.objects.filter(type="mail_suppression.lifted").count() == 1
        assert "held back" not in staff.get(f"/customers/{customer.uuid}").content.decode()

    def test_others_may_not(
        self,
        customer: Customer,
        held: MailSuppression,
        bob_actor: Actor,
        bob: User,
        mallory_actor: Actor,
        mallory: User,
    ) -> None:
        address = f"/customers/{customer.uuid}/suppressions/{held.uuid}/lift"
        assert signed_in(bob).post(address).status_code == 403
        assert signed_in(mallory).post(address).status_code == 404
        held.refresh_from_db()
        assert held.lifted_at is None
