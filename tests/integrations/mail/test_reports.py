"""What delivery reports and complaints say, as different mail servers write them."""

import email

import pytest

from integrations.mail.reports import News, Report, Told, read_report
from tests.integrations.mail.postbox import chatter, complaint, returned

OURS = "<0195@billing.test>"


def read(raw: bytes) -> Report | None:
    return read_report(email.message_from_bytes(raw))


def told(raw: bytes) -> tuple[Told, ...]:
    report = read(raw)
    assert report is not None
    return report.told


def test_a_hard_bounce_names_message_recipient_and_reason() -> None:
    assert read(returned(OURS, "ap@globex.test")) == Report(
        "<report-1@mx.test>",
        OURS,
        "",
        (Told("ap@globex.test", News.BOUNCED, True, "550 5.1.1 <nobody>: User unknown"),),
    )


@pytest.mark.parametrize(
    ("action", "status", "news", "is_permanent"),
    [
        ("failed", "5.1.1", News.BOUNCED, True),
        ("FAILED", "5.7.1", News.BOUNCED, True),
        ("failed", "4.4.7", News.BOUNCED, False),
        ("delayed", "4.2.2", News.DELAYED, False),
        ("delivered", "2.1.5", News.DELIVERED, False),
    ],
)
def test_actions(action: str, status: str, news: News, is_permanent: bool) -> None:
    (one,) = told(returned(OURS, "ap@globex.test", action=action, status=status))
    assert (one.news, one.is_permanent) == (news, is_permanent)


@pytest.mark.parametrize("action", ["relayed", "expanded", "", "exploded"])
def test_other_actions_tell_nothing(action: str) -> None:
    assert read(returned(OURS, "ap@globex.test", action=action)) is None


@pytest.mark.parametrize("enclosed", ["text/rfc822-headers", "message/rfc822"])
def test_the_original_is_found_whole_or_as_headers(enclosed: str) -> None:
    report = read(returned(OURS, "ap@globex.test", enclosed=enclosed))
    assert report is not None
    assert report.message_id == OURS


def test_the_envelope_id_is_enough() -> None:
    raw = returned("(none)", "ap@globex.test", extra="Original-Envelope-Id: 0195-uuid\n")
    report = read(raw)
    assert report is not None
    assert (report.message_id, report.envelope_id) == ("", "0195-uuid")


def test_a_report_that_names_no_message_is_none() -> None:
    assert read(returned("(none)", "ap@globex.test")) is None


def test_the_status_stands_before_words_that_lack_it() -> None:
    (one,) = told(returned(OURS, "a@globex.test", words="X-Postfix; host unreachable"))
    assert one.detail == "5.1.1 host unreachable"


def test_line_breaks_and_controls_do_not_get_through() -> None:
    (one,) = told(returned(OURS, "a@globex.test", words="smtp; 550 5.1.1 no\n\tsuch\x07 user"))
    assert one.detail == "550 5.1.1 no such user"


def test_a_complaint_names_its_recipient() -> None:
    report = read(complaint(OURS, "AP@globex.test"))
    assert report is not None
    assert report.message_id == OURS
    assert report.told == (
        Told("ap@globex.test", News.COMPLAINED, True, "abuse, reported by SomeGenerator/1.0"),
    )


def test_a_complaint_may_name_nobody() -> None:
    (one,) = told(complaint(OURS))
    assert one.address == ""


def test_not_spam_is_no_complaint() -> None:
    assert read(complaint(OURS, "ap@globex.test", kind="not-spam")) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        chatter(),
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n",
        b"Content-Type: message/delivery-status\r\n\r\n\r\n\r\nAction\r\n",
        b"Content-Type: message/feedback-report\r\n\r\n",
    ],
)
def test_what_is_no_report(raw: bytes) -> None:
    assert read(raw) is None


def test_a_report_without_an_id_is_known_by_its_bytes() -> None:
    raw = returned(OURS, "a@globex.test").replace(b"Message-ID: <report-1@mx.test>\r\n", b"", 1)
    first, second = read(raw), read(raw)
    assert first is not None
    assert first == second
    assert first.report_id.startswith("sha256:")
