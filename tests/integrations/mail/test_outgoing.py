"""Queueing mail (X5): everything that could reach a stranger is refused before it is kept."""

import pytest

from accounts.actors import Actor
from core.errors import DomainError
from core.models import Event
from integrations.mail.addresses import InvalidEmail, NoRecipient, TooManyRecipients
from integrations.mail.outgoing import InvalidSubject, queue_message
from integrations.models import Message
from tests.instants import AT


def queue(actor: Actor, **changes: object) -> Message:
    given = {"to": ["ap@globex.test"], **changes}
    return queue_message(
        actor=actor,
        at=AT,
        kind="invoice",
        subject_id=1,
        **given,  # type: ignore[arg-type]
    )


HOSTILE = [
    "",
    "nobody",
    "@example.com",
    "a@",
    "a@b@c.com",
    "x@y.co, evil@e.co",
    "x@y.co,evil@e.co",
    "x@y.co;evil@e.co",
    "x@y.co evil@e.co",
    "x@y.co\r\nBcc: evil@e.co",
    "x@y.co\nBcc: evil@e.co",
    "x@y.co\r\n",
    "x@y.co\n",
    " x@y.co",
    "x@y.co\x00",
    "x\x00@y.co",
    "Evil <evil@e.co>",
    "<evil@e.co>",
    "group: a@e.co, b@e.co;",
    '"x@y.co, evil"@e.co',
    '"quoted local"@e.co',
    "x@y.co(comment)",
    "x@[127.0.0.1]",
    "x@y..co",
    ".x@y.co",
    "x.@y.co",
    "x@-y.co",
    "x@y.co\u2028Bcc: evil@e.co",
    "ünicode@e.co",
    "a" * 65 + "@example.com",
    "a@" + "b" * 250 + ".com",
    "x@y.co%0d%0abcc:evil@e.co",
]


@pytest.mark.parametrize("address", HOSTILE)
@pytest.mark.parametrize("role", ["to", "cc", "bcc"])
def test_what_is_not_one_plain_address_is_refused(actor: Actor, role: str, address: str) -> None:
    with pytest.raises(InvalidEmail) as caught:
        queue(actor, **{"to": ["ap@globex.test"], role: ["good@globex.test", address]})
    assert (caught.value.code, caught.value.param) == ("invalid_email", f"{role}.1")
    assert "\n" not in str(caught.value)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "address", ["a.b+tag@sub.example.co.uk", "o'brien@example.com", "x_y-z@example.com"]
)
def test_ordinary_addresses_are_kept_as_given(actor: Actor, address: str) -> None:
    assert queue(actor, to=[address]).recipients.get().address == address


def test_domain_of_another_script_is_kept_in_ascii(actor: Actor) -> None:
    assert queue(actor, to=["info@bücher.example"]).recipients.get().address == (
        "info@xn--bcher-kva.example"
    )


@pytest.mark.parametrize("subject", ["a\r\nBcc: evil@e.co", "a\nb", "a\rb", "a\x00b", "a\x7fb"])
def test_subject_with_a_control_character_is_refused(actor: Actor, subject: str) -> None:
    with pytest.raises(InvalidSubject) as caught:
        queue(actor, subject=subject)
    assert caught.value.param == "subject"
    assert not Message.objects.exists()


def test_subject_loses_what_turns_text_around(actor: Actor) -> None:
    assert queue(actor, subject="Invoice \u202egpj.exe").subject == "Invoice gpj.exe"


def test_subject_and_message_have_limits(actor: Actor) -> None:
    for changes in ({"subject": "x" * 301}, {"body": "x" * 10_001}):
        with pytest.raises(DomainError):
            queue(actor, **changes)
    assert not Message.objects.exists()


def test_somebody_must_receive_it(actor: Actor) -> None:
    with pytest.raises(NoRecipient):
        queue(actor, to=[], cc=["ap@globex.test"])


def test_at_most_fifty_recipients(actor: Actor) -> None:
    many = [f"p{n}@globex.test" for n in range(25)]
    others = [f"q{n}@globex.test" for n in range(25)]
    assert queue(actor, to=many, bcc=others).recipients.count() == 50
    with pytest.raises(TooManyRecipients):
        queue(actor, to=many, cc=["one@globex.test"], bcc=others)


def test_everyone_once_in_the_first_role(actor: Actor) -> None:
    message = queue(
        actor, to=["A@globex.test"], cc=["a@globex.test", "b@globex.test"], bcc=["B@globex.test"]
    )
    assert list(message.recipients.order_by("pk").values_list("role", "address")) == [
        ("to", "A@globex.test"),
        ("cc", "b@globex.test"),
    ]


def test_message_id_is_fixed_and_names_the_installation(actor: Actor) -> None:
    one, other = queue(actor), queue(actor)
    assert one.message_id == f"<{one.uuid}@testserver>"
    assert one.message_id != other.message_id
    assert (one.status, one.next_attempt_at) == ("queued", AT)
    assert not Event.objects.filter(subject_type="message").exists()
