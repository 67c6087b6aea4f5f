"""Sending what is queued: render, hand over, keep what became of each recipient."""

import datetime
import logging
import time
from collections.abc import Callable
from email.message import EmailMessage

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F

from accounts.actors import Actor, system_actor
from accounts.models import Organization
from billing.operations.document_sending import record_credit_note_sent, record_quote_sent
from billing.operations.reminders import record_reminder_sent, record_reminder_unsent
from billing.operations.sending import record_sent
from billing.ports import MAIL
from core import events, outbox
from core.lifecycle import Lifecycle
from core.models import TenantQuerySet
from integrations.mail import keeping, providers
from integrations.mail.enclosures import enclosures
from integrations.mail.fates import RECIPIENT, TAKEN, Source, fate, log
from integrations.mail.letters import Letter, is_still_wanted, write_letter
from integrations.mail.objections import objecting
from integrations.mail.rendering import envelope_sender, render
from integrations.mail.tracking import give_token, is_tracked
from integrations.mail.transports import Fate, Fates, Transport, Verdict
from integrations.mail.unsubscribing import unsubscribe_url
from integrations.models import Message, MessageRecipient

logger = logging.getLogger(__name__)

# Long enough for a slow server's every answer; a worker that dies frees the message after it.
LEASE = datetime.timedelta(minutes=4)
# A server may take this long for each answer: one per recipient, or four where each recipient
# gets a copy of their own. A lease that ran out before the last of them would let another
# worker send the message a second time (W11).
LONGEST_ANSWER = datetime.timedelta(seconds=settings.EMAIL_TIMEOUT)
ANSWERS_PER_COPY = 4
BATCH = 20
# After attempt 1, 2, …: together a little over two days.
DELAYS = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1_440))
MAX_ATTEMPTS = len(DELAYS) + 1
# Workers that may die of one message.
MAX_CRASHES = 5

Clock = Callable[[], datetime.datetime]
Status = Message.Status

MESSAGE = Lifecycle(
    "message",
    {
        ("queued", "finish"): Status.SENT,
        ("queued", "fail"): Status.FAILED,
        ("queued", "drop"): Status.DROPPED,
    },
)


def has_due(at: datetime.datetime) -> bool:
    """Whether any message waits for an attempt now."""
    return outbox.due(_waiting(), at).exists()


def is_under_way(organization_id: int, at: datetime.datetime) -> bool:
    """Whether somebody holds a message of the organization about a document, to send it now."""
    held = _waiting().of(organization_id).exclude(kind=Message.Kind.ALERT)
    return held.filter(next_attempt_at__lte=at, locked_until__gte=at).exists()


def send_due(
    clock: Clock, *, budget_seconds: float = 60, organization_id: int | None = None
) -> int:
    """Try the messages that are due, anywhere or in one organization; how many were tried.

    Starts none after `budget_seconds`: the next call goes on with the rest.
    """
    tried = 0
    enough = time.monotonic() + budget_seconds
    rows = _waiting() if organization_id is None else _waiting().of(organization_id)
    if not outbox.due(rows, clock()).exists():
        return 0
    due: list[tuple[int, int]] = []
    with Transport() as transport:
        while time.monotonic() < enough:
            at = clock()
            was_read = not due
            if was_read:
                due = _next(rows, at)
            # One lease at a time: sending is slow, and other workers may take the rest.
            taken = _take(due, at)
            if taken is None:
                if was_read:
                    return tried
                continue
            _send(Message.objects.get(pk=taken), transport, clock)
            tried += 1
    return tried


def _next(rows: TenantQuerySet, at: datetime.datetime) -> list[tuple[int, int]]:
    """The ids of those that are due, each with how many answers its sending waits for."""
    counted = outbox.due(rows, at).annotate(size=Count("recipients"))
    found = counted.values_list("pk", "kind", "organization__tracks_mail", "size")
    return [
        (pk, size * (ANSWERS_PER_COPY if tracks or kind == Message.Kind.REMINDER else 1))
        for pk, kind, tracks, size in found[:BATCH]
    ]


def _take(due: list[tuple[int, int]], at: datetime.datetime) -> int | None:
    """The first of them that nobody else has; those before it, and it, are taken off the list."""
    while due:
        pk, answers = due.pop(0)
        if _lease(pk, answers, at):
            return pk
    return None


def _lease(pk: int, answers: int, at: datetime.datetime) -> bool:
    until = at + LEASE + answers * LONGEST_ANSWER
    if not outbox.lease(_waiting(), [pk], at=at, until=until):
        return False
    Message.objects.filter(pk=pk).update(claims=F("claims") + 1)
    return True


def _send(message: Message, transport: Transport, clock: Clock) -> None:
    if message.claims > MAX_CRASHES:
        _bury(message, at=clock())
        return
    everyone = list(message.recipients.order_by("pk"))
    waiting = [one for one in everyone if one.status == MessageRecipient.Status.QUEUED]
    unwilling = objecting(message, waiting)
    if unwilling:
        waiting = [one for one in waiting if one not in unwilling]
        if not _spare(message, unwilling, is_last=not waiting, at=clock()) or not waiting:
            return
    clock_stands = keeping.kept_at(message, len(everyone))
    if clock_stands is not None:
        _keep(message, waiting, clock_stands)
        return
    try:
        letter = write_letter(message)
        if letter is None:
            _drop(message, at=clock())
            return
        copies = _copies(message, letter, everyone, waiting)
    except Exception as error:  # a document that cannot be drawn must not stop the others
        logger.exception("message %s could not be made", message.message_id)
        later = Fate(Verdict.LATER, f"{type(error).__name__}: {error}")
        _record(message, {one.address: later for one in waiting}, at=clock())
        return
    fates: Fates = {}
    for rendered, addresses in copies:
        fates |= transport.deliver(
            rendered, envelope_sender(), addresses, envelope_id=str(message.uuid)
        )
    _record(message, fates, at=clock())


def _keep(message: Message, waiting: list[MessageRecipient], at: datetime.datetime) -> None:
    """Accepted without having left the house, at the instant of the sandbox's clock."""
    if not is_still_wanted(message):
        _drop(message, at=at)
        return
    kept = Fate(Verdict.ACCEPTED, keeping.KEPT)
    _record(message, {one.address: kept for one in waiting}, at=at, source=Source.OURSELVES)


def _copies(
    message: Message,
    letter: Letter,
    everyone: list[MessageRecipient],
    waiting: list[MessageRecipient],
) -> list[tuple[EmailMessage, list[str]]]:
    """The message for all of them, or for each a copy with links of their own."""
    enclosed = enclosures(message)

    def drawn(unsubscribe_url: str = "", tracking_token: str = "") -> EmailMessage:
        mail = render(
            letter,
            message_id=message.message_id,
            recipients=everyone,
            at=message.created_at,
            enclosed=enclosed,
            unsubscribe_url=unsubscribe_url,
            tracking_token=tracking_token,
        )
        if mark := providers.mark(message.uuid):
            mail[mark[0]] = mark[1]
        return mail

    # A blind copy is the organization's own.
    bcc = MessageRecipient.Role.BCC
    is_reminder = message.kind == Message.Kind.REMINDER
    organization = letter.organization
    tokens = {one.pk: give_token(one) for one in waiting if is_tracked(organization, message, one)}
    if not is_reminder and not tokens:
        return [(drawn(), [one.address for one in waiting])]
    return [
        (
            drawn(
                unsubscribe_url(organization, one.address)
                if is_reminder and one.role != bcc
                else "",
                tokens.get(one.pk, ""),
            ),
            [one.address],
        )
        for one in waiting
    ]


@transaction.atomic
def _record(
    message: Message, fates: Fates, *, at: datetime.datetime, source: Source = Source.SERVER
) -> None:
    if not _hold(message):
        return
    message.attempts_made += 1
    is_last = message.attempts_made >= MAX_ATTEMPTS
    _write_fates(message, fates, is_last=is_last, at=at, source=source)


def _write_fates(
    message: Message,
    fates: Fates,
    *,
    is_last: bool,
    at: datetime.datetime,
    source: Source = Source.SERVER,
) -> None:
    # A report may have settled one of them while the server was talking.
    waiting = message.recipients.filter(status=MessageRecipient.Status.QUEUED)
    tried = [one for one in waiting.order_by("pk") if one.address in fates]
    for recipient in tried:
        told = fates[recipient.address]
        recipient.detail = told.detail[:500]
        recipient.updated_at = at
        if told.verdict is not Verdict.LATER or is_last:
            action = "accepted" if told.verdict is Verdict.ACCEPTED else "refused"
            recipient.status = MessageRecipient.Status(RECIPIENT.next(recipient.status, action))
    MessageRecipient.objects.bulk_update(tried, ["status", "detail", "updated_at"])
    log(
        fate(
            one,
            "deferred" if one.status == MessageRecipient.Status.QUEUED else one.status,
            at,
            source,
            detail=one.detail,
        )
        for one in tried
    )
    _settle(message, tried, at)


def _settle(message: Message, tried: list[MessageRecipient], at: datetime.datetime) -> None:
    statuses = set(message.recipients.values_list("status", flat=True))
    troubles = [f"{one.address}: {one.detail}" for one in tried if one.detail]
    message.last_error = "; ".join(troubles)[:500]
    message.locked_until, message.claims = None, 0
    accepted = bool(TAKEN & statuses)
    if MessageRecipient.Status.QUEUED in statuses:
        message.next_attempt_at = at + DELAYS[message.attempts_made - 1]
    else:
        message.next_attempt_at = None
        message.status = MESSAGE.next(message.status, "finish" if accepted else "fail")
    if accepted and message.sent_at is None:
        message.sent_at = at
        _tell_document(message, at)
    message.updated_at = at
    message.save()
    # An alert about an alert that cannot be delivered would go round for ever.
    if message.status == Status.FAILED and message.kind != Message.Kind.ALERT:
        _emit_failed(message, at)
        _tell_unsent(message, at, reason=message.last_error, was_wanted=True)


def _tell_document(message: Message, at: datetime.datetime) -> None:
    """Sent means that a mail server accepted it (B16), by the organization's own clock."""
    organization = Organization.objects.get(pk=message.organization_id)
    actor, at = _actor(message), organization.test_clock or at
    if message.kind == Message.Kind.INVOICE:
        record_sent(actor=actor, at=at, invoice_id=message.subject_id)
    elif message.kind == Message.Kind.QUOTE:
        record_quote_sent(actor=actor, at=at, quote_id=message.subject_id)
    elif message.kind == Message.Kind.CREDIT_NOTE:
        record_credit_note_sent(actor=actor, at=at, credit_note_id=message.subject_id)
    elif message.kind == Message.Kind.REMINDER:
        record_reminder_sent(actor=actor, at=at, reminder_id=message.subject_id)


@transaction.atomic
def _spare(
    message: Message, unwilling: list[MessageRecipient], *, is_last: bool, at: datetime.datetime
) -> bool:
    """Those who objected since it was queued get nothing; False if it is another worker's now."""
    if not _hold(message):
        return False
    for one in unwilling:
        one.status = MessageRecipient.Status(RECIPIENT.next(one.status, "suppressed"))
        one.detail, one.updated_at = "Objected before its turn.", at
    MessageRecipient.objects.bulk_update(unwilling, ["status", "detail", "updated_at"])
    log(fate(one, one.status, at, Source.OURSELVES, detail=one.detail) for one in unwilling)
    if is_last:
        taken = message.recipients.filter(status__in=TAKEN).exists()
        message.status = MESSAGE.next(message.status, "finish" if taken else "drop")
        message.next_attempt_at = message.locked_until = None
        message.updated_at = at
        message.save()
        _tell_unsent(message, at, reason="Its recipient objected.", was_wanted=False)
    return True


@transaction.atomic
def _bury(message: Message, *, at: datetime.datetime) -> None:
    """One that ends its worker every time is given up, or it would end all of them for ever."""
    if not _hold(message):
        return
    logger.error("message %s ended %s workers: given up", message.message_id, MAX_CRASHES)
    waiting = message.recipients.filter(status=MessageRecipient.Status.QUEUED)
    told = Fate(Verdict.REFUSED, "It could not be made: each attempt ended the program.")
    _write_fates(message, {one.address: told for one in waiting}, is_last=True, at=at)


@transaction.atomic
def _drop(message: Message, *, at: datetime.datetime) -> None:
    if _hold(message):
        message.status = MESSAGE.next(message.status, "drop")
        message.next_attempt_at = message.locked_until = None
        message.updated_at = at
        message.save()
        _tell_unsent(message, at, reason="Its cause was gone.", was_wanted=False)


def _tell_unsent(message: Message, at: datetime.datetime, *, reason: str, was_wanted: bool) -> None:
    if message.kind == Message.Kind.REMINDER:
        record_reminder_unsent(
            actor=_actor(message),
            at=at,
            reminder_id=message.subject_id,
            reason=reason,
            was_wanted=was_wanted,
        )


def _hold(message: Message) -> bool:
    """Lock the row; False if the lease ran out and somebody else has it now."""
    if message.locked_until is None:
        return False
    held = outbox.held(Message, [message.pk], until=message.locked_until)
    return held.select_for_update().exists()


def _emit_failed(message: Message, at: datetime.datetime) -> None:
    recipients = message.recipients.order_by("pk").values("address", "role", "detail")
    events.emit(
        "message.failed",
        subject=message,
        data={
            "uuid": str(message.uuid),
            "kind": message.kind,
            "subject_id": message.subject_id,
            "document": message.subject or message.get_kind_display(),
            "recipients": list(recipients),
        },
        actor=_actor(message),
        at=at,
    )


def _actor(message: Message) -> Actor:
    livemode = Organization.objects.values_list("livemode", flat=True).get(
        pk=message.organization_id
    )
    return system_actor(message.organization_id, livemode=livemode, label=MAIL)


def _waiting() -> TenantQuerySet:
    return Message.objects.filter(status=Status.QUEUED)
