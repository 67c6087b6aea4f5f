"""Unsubscribing from reminders: the link is one recipient's own, and only a post does it."""

import datetime
import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core import signing
from django.test import Client
from pytest_django import Settings

from accounts.actors import Actor
from accounts.models import Organization
from accounts.operations.organizations import update_organization
from billing.models import Customer, MailSuppression
from billing.operations.contacts import add_contact
from billing.operations.reminder_policies import set_reminder_policy
from billing.operations.reminders import plan_reminders, remind
from billing.operations.sending import request_send
from billing.operations.suppressions import lift_suppression
from integrations.mail.delivery import send_due
from integrations.mail.unsubscribing import find_unsubscription, unsubscribe_url
from integrations.models import Message
from integrations.work import drain
from tests.builders import customer, issued_invoice
from tests.instants import AT
from tests.integrations.mail.conftest import Postmaster

OWN, OTHER = "ap@globex.test", "cfo@globex.test"


@pytest.fixture(autouse=True)
def _https(settings: Settings) -> None:
    settings.BASE_URL = "https://billing.test"


@pytest.fixture
def globex(actor: Actor) -> Customer:
    found = customer(actor)
    add_contact(
        actor=actor, at=AT, customer_id=found.pk, name="Cem", email=OTHER, receives_invoices=True
    )
    return found


def reminded(actor: Actor, postmaster: Postmaster, globex: Customer) -> dict[str, EmailMessage]:
    """A reminder by hand to both: what each of the two got."""
    invoice = issued_invoice(actor, customer_id=globex.pk)
    remind(actor=actor, at=AT, invoice_id=invoice.pk)
    send_due(lambda: AT)
    return {
        to: message
        for (_, addresses), message in zip(postmaster.envelopes, postmaster.messages, strict=True)
        for to in addresses
    }


def link_of(message: EmailMessage) -> str:
    return str(message["List-Unsubscribe"]).strip("<>").removeprefix("https://billing.test")


def held_back() -> list[tuple[str, str, str]]:
    rows = MailSuppression.objects.filter(lifted_at__isnull=True).order_by("pk")
    return list(rows.values_list("address", "reason", "detail"))


def test_each_recipient_gets_a_link_of_their_own_under_one_message_id(
    actor: Actor, postmaster: Postmaster, globex: Customer
) -> None:
    got = reminded(actor, postmaster, globex)
    assert set(got) == {OWN, OTHER}
    assert len({message["Message-ID"] for message in got.values()}) == 1
    assert {message["To"] for message in got.values()} == {f"{OWN}, {OTHER}"}
    for address, message in got.items():
        found = find_unsubscription(link_of(message).removeprefix("/unsubscribe/"), AT)
        assert found is not None
        assert (found.address, found.organization_id) == (address, actor.organization_id)


def test_one_click_is_promised_and_both_bodies_carry_the_link(
    actor: Actor, postmaster: Postmaster, globex: Customer
) -> None:
    message = reminded(actor, postmaster, globex)[OWN]
    url = "https://billing.test" + link_of(message)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        assert url in str(body.get_content())
        assert "Unsubscribe from reminders" in str(body.get_content())


def test_the_header_arrives_unencoded_at_the_server(
    actor: Actor, globex: Customer, settings: Settings, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "integrations.mail.eml.EmlFileBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    remind(actor=actor, at=AT, invoice_id=issued_invoice(actor, customer_id=globex.pk).pk)
    send_due(lambda: AT)
    raw = next(tmp_path.iterdir()).read_bytes()
    assert re.search(rb"\r\nList-Unsubscribe: <https://billing\.test/unsubscribe/[\w:-]+>\r\n", raw)


def test_over_plain_http_one_click_is_not_promised(
    actor: Actor, postmaster: Postmaster, globex: Customer, settings: Settings
) -> None:
    settings.BASE_URL = "http://billing.test"
    message = reminded(actor, postmaster, globex)[OWN]
    assert str(message["List-Unsubscribe"]).startswith("<http://billing.test/unsubscribe/")
    assert message["List-Unsubscribe-Post"] is None


def test_other_mail_has_no_such_link(actor: Actor, postmaster: Postmaster) -> None:
    request_send(actor=actor, at=AT, invoice_id=issued_invoice(actor).pk, attach_pdf=False)
    send_due(lambda: AT)
    assert postmaster.messages[0]["List-Unsubscribe"] is None


def test_the_organizations_own_blind_copy_has_no_link(
    actor: Actor, postmaster: Postmaster, globex: Customer
) -> None:
    update_organization(actor=actor, at=AT, copy_mail_to_self=True)
    got = reminded(actor, postmaster, globex)
    assert got["billing@acme.test"]["List-Unsubscribe"] is None
    assert got[OWN]["List-Unsubscribe"] is not None


def test_looking_changes_nothing_and_the_button_does(acme: Organization) -> None:
    path = path_for(acme, OWN)
    page = Client().get(path)
    text = page.content.decode()
    assert (page.status_code, held_back()) == (200, [])
    assert f"Acme GmbH will send no more payment reminders to {OWN}." in text
    assert '<form method="post">' in text
    Client().head(path)
    assert held_back() == []
    done = Client(enforce_csrf_checks=True).post(path)
    assert "You are unsubscribed" in done.content.decode()
    assert held_back() == [(OWN, "unsubscribed", "By a reminder's link.")]


def test_one_click_of_a_mail_program_does_it_once(acme: Organization) -> None:
    path = path_for(acme, OWN)
    for _ in range(2):
        answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert held_back() == [(OWN, "unsubscribed", "With one click in a mail program.")]


def test_the_page_speaks_the_readers_language(acme: Organization) -> None:
    page = Client().get(path_for(acme, OWN), headers={"Accept-Language": "de"})
    assert "Keine Erinnerungen mehr?" in page.content.decode()
    assert page["Content-Language"] == "de"
    assert page["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        "a:b:c",
        signing.Signer(salt="billing.web.public.viewed").sign_object(
            {"organization": "0195a3c0-0000-7000-8000-000000000000", "address": OWN}
        ),
        signing.Signer(salt="integrations.mail.unsubscribe").sign_object(
            {"organization": "0195a3c0-0000-7000-8000-000000000000", "address": OWN}
        ),
    ],
)
def test_other_links_open_nothing(db: None, token: str) -> None:
    assert Client().get(f"/unsubscribe/{token}").status_code == 404
    assert Client().post(f"/unsubscribe/{token}").status_code == 404
    assert held_back() == []


def test_a_changed_link_opens_nothing(acme: Organization) -> None:
    path = path_for(acme, OWN)
    changed = path[:20] + ("A" if path[20] != "A" else "B") + path[21:]
    assert Client().post(changed).status_code == 404


def test_from_the_reminder_to_no_more_reminders_but_invoices(
    actor: Actor, postmaster: Postmaster, globex: Customer
) -> None:
    got = reminded(actor, postmaster, globex)
    Client().post(link_of(got[OWN]))
    set_reminder_policy(actor=actor, at=AT, is_enabled=True)
    invoice = issued_invoice(actor, customer_id=globex.pk, due_date=datetime.date(2025, 2, 14))
    later = datetime.datetime.fromisoformat("2025-02-17T08:30:00+00:00")
    plan_reminders(at=later)
    planned = Message.objects.filter(kind="reminder").latest("pk")
    assert [one.address for one in planned.recipients.all()] == [OTHER]
    request_send(actor=actor, at=later, invoice_id=invoice.pk, attach_pdf=False)
    drain(later)
    assert postmaster.envelopes[-1][1] == [OWN, OTHER]


def test_staff_may_take_it_back(actor: Actor, acme: Organization, globex: Customer) -> None:
    Client().post(path_for(acme, OWN))
    lift_suppression(actor=actor, at=AT, suppression_id=MailSuppression.objects.get().pk)
    invoice = issued_invoice(actor, customer_id=globex.pk)
    assert remind(actor=actor, at=AT, invoice_id=invoice.pk).sent_to == [OWN, OTHER]


def test_W11_a_reminder_that_breaks_off_is_repeated_for_the_unlucky_one_only(
    actor: Actor, postmaster: Postmaster, globex: Customer
) -> None:
    postmaster.rcpt[OTHER] = "451 4.7.1 Greylisted"
    remind(actor=actor, at=AT, invoice_id=issued_invoice(actor, customer_id=globex.pk).pk)
    send_due(lambda: AT)
    postmaster.rcpt.clear()
    send_due(lambda: AT + datetime.timedelta(minutes=1))
    assert [to for _, to in postmaster.envelopes] == [[OWN], [OTHER]]


def path_for(organization: Organization, address: str) -> str:
    return unsubscribe_url(organization, address).removeprefix("https://billing.test")
