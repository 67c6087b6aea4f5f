"""Opens and clicks: off unless asked for, one recipient's own, and never an open redirect."""

import datetime
import re

import pytest
import time_machine
from django.test import Client

from accounts.actors import Actor
from accounts.operations.organizations import update_organization
from billing.models import Invoice, MailSuppression
from billing.operations.sending import request_send
from billing.operations.suppressions import suppress_address
from integrations.mail.delivery import send_due
from integrations.mail.tracking import is_machine
from integrations.models import MessageRecipient, RecipientFate
from tests.instants import AT
from tests.integrations.mail.conftest import Postmaster

ANN, BEN = "ann@globex.test", "ben@globex.test"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
LATER = AT + datetime.timedelta(minutes=5)
_TRACKED = re.compile(r"/m/\w+/")


@pytest.fixture
def tracking(actor: Actor) -> None:
    update_organization(actor=actor, at=AT, tracks_mail=True)


def sent(actor: Actor, invoice: Invoice, to: tuple[str, ...] = (ANN,)) -> None:
    request_send(actor=actor, at=AT, invoice_id=invoice.pk, to=to, attach_pdf=False)
    send_due(lambda: AT)


def token_of(address: str) -> str:
    return MessageRecipient.objects.get(address=address).tracking_token


def html(postmaster: Postmaster, index: int = 0) -> str:
    body = postmaster.messages[index].get_body(("html",))
    assert body is not None
    return str(body.get_content())


def seen() -> list[tuple[str, str]]:
    rows = RecipientFate.objects.filter(happened__in=["opened", "clicked"]).order_by("pk")
    return list(rows.values_list("recipient__address", "happened"))


def get(path: str, agent: str = FIREFOX, at: datetime.datetime = LATER, **headers: str) -> int:
    with time_machine.travel(at, tick=False):
        return Client().get(path, headers={"user-agent": agent, **headers}).status_code


def test_nothing_is_tracked_unless_the_organization_asks_for_it(
    actor: Actor, postmaster: Postmaster, invoice: Invoice
) -> None:
    sent(actor, invoice, (ANN, BEN))
    assert len(postmaster.messages) == 1
    assert not _TRACKED.search(str(postmaster.messages[0]))
    assert token_of(ANN) == ""


@pytest.mark.usefixtures("tracking")
class TestOn:
    def test_each_recipient_has_links_of_their_own(
        self, actor: Actor, postmaster: Postmaster, invoice: Invoice
    ) -> None:
        sent(actor, invoice, (ANN, BEN))
        assert len(postmaster.messages) == 2
        assert token_of(ANN) != token_of(BEN)
        for index, address in enumerate((ANN, BEN)):
            assert f"/m/{token_of(address)}/dot.gif" in html(postmaster, index)
            assert f"/m/{token_of(address)}/open" in html(postmaster, index)
            text = postmaster.messages[index].get_body(("plain",))
            assert text is not None
            assert not _TRACKED.search(text.get_content())

    def test_the_first_open_and_click_are_written_down_once(
        self, actor: Actor, postmaster: Postmaster, invoice: Invoice
    ) -> None:
        sent(actor, invoice, (ANN, BEN))
        for _ in range(2):
            assert get(f"/m/{token_of(BEN)}/dot.gif") == 200
            assert get(f"/m/{token_of(BEN)}/open") == 302
        assert seen() == [(BEN, "opened"), (BEN, "clicked")]

    def test_the_link_leads_to_the_document_and_nowhere_else(
        self, actor: Actor, postmaster: Postmaster, invoice: Invoice
    ) -> None:
        sent(actor, invoice)
        path = f"/m/{token_of(ANN)}/open?next=https://evil.test&url=//evil.test"
        answer = Client().get(path)
        assert answer.headers["Location"].endswith(f"/i/{invoice.public_token}")
        assert "evil" not in answer.headers["Location"]

    @pytest.mark.parametrize(
        ("agent", "headers"),
        [
            ("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko (via ggpht.com GoogleImageProxy)", {}),
            ("YahooMailProxy; https://help.yahoo.com/", {}),
            ("Mozilla/5.0", {}),
            ("", {}),
            (FIREFOX, {"sec-purpose": "prefetch"}),
        ],
    )
    def test_b17_proxies_and_prefetches_are_no_readers(
        self,
        actor: Actor,
        postmaster: Postmaster,
        invoice: Invoice,
        agent: str,
        headers: dict[str, str],
    ) -> None:
        sent(actor, invoice)
        assert get(f"/m/{token_of(ANN)}/dot.gif", agent, **headers) == 200
        assert seen() == []

    def test_b17_a_scanner_at_the_door_is_no_reader(
        self, actor: Actor, postmaster: Postmaster, invoice: Invoice
    ) -> None:
        sent(actor, invoice)
        at_once = AT + datetime.timedelta(seconds=1)
        assert get(f"/m/{token_of(ANN)}/open", at=at_once) == 302
        with time_machine.travel(LATER, tick=False):
            Client().head(f"/m/{token_of(ANN)}/dot.gif", headers={"user-agent": FIREFOX})
        assert seen() == []

    def test_who_objected_is_never_tracked(
        self, actor: Actor, postmaster: Postmaster, invoice: Invoice
    ) -> None:
        suppress_address(
            actor=actor, at=AT, address=ANN, reason=MailSuppression.Reason.UNSUBSCRIBED
        )
        sent(actor, invoice)
        assert not _TRACKED.search(html(postmaster))

    def test_who_objects_later_is_no_longer_tracked(
        self, actor: Actor, postmaster: Postmaster, invoice: Invoice
    ) -> None:
        sent(actor, invoice)
        suppress_address(
            actor=actor, at=AT, address=ANN, reason=MailSuppression.Reason.UNSUBSCRIBED
        )
        assert get(f"/m/{token_of(ANN)}/dot.gif") == 200
        assert seen() == []

    def test_switching_it_off_ends_it_for_mail_that_is_out(
        self, actor: Actor, postmaster: Postmaster, invoice: Invoice
    ) -> None:
        sent(actor, invoice)
        update_organization(actor=actor, at=AT, tracks_mail=False)
        assert get(f"/m/{token_of(ANN)}/dot.gif") == 200
        assert seen() == []

    def test_an_unknown_token_tells_nothing(self, invoice: Invoice) -> None:
        assert get("/m/0000000000000000000000/dot.gif") == 404
        assert get("/m/0000000000000000000000/open") == 404


def test_machines_are_known_by_name() -> None:
    assert not is_machine(FIREFOX)
    assert is_machine("Outlook-SafeLinks/1.0")
