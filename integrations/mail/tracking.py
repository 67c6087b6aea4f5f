"""Opens and clicks, where the organization wants to know them and the recipient lets it.

A token is one recipient's of one mail, and stands only in that copy. Its link leads where the
mail itself leads, and holds no address: it cannot be turned into a way to other sites.
"""

import datetime
import re
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from accounts.models import Organization
from billing.models import CreditNote, Invoice, MailSuppression, Quote, Reminder
from billing.queries.suppressions import suppressed
from core.ids import random_text
from integrations.mail.fates import Happened, Source, fate, log
from integrations.mail.letters import public_url
from integrations.models import Message, MessageRecipient, RecipientFate

Kind = Message.Kind
# Nobody reads that fast: a scanner at the door of the mailbox does.
FASTEST_READER = datetime.timedelta(seconds=3)
_UNSUBSCRIBED = (MailSuppression.Reason.UNSUBSCRIBED,)
# Fetch pictures and follow links for others, or for nobody; in small letters.
_MACHINES = re.compile(
    "googleimageproxy|yahoomailproxy|ggpht|bot|spider|crawler|preview|scanner|barracuda|proofpoint"
    "|mimecast|safelinks|python-|curl|wget|go-http|java/|headless"
)
# Apple's mail privacy fetches every picture under this name, read or not.
_NOBODY = frozenset({"", "mozilla/5.0"})


@dataclass(slots=True)
class Tracked:
    """Whose copy of which mail a token belongs to."""

    organization_id: int
    organization: Organization
    recipient: MessageRecipient


def is_tracked(organization: Organization, message: Message, recipient: MessageRecipient) -> bool:
    """Off unless the organization turned it on; never who objects, nor copies to oneself."""
    if not organization.tracks_mail or message.kind == Kind.ALERT:
        return False
    if recipient.role == MessageRecipient.Role.BCC:
        return False
    return not suppressed(organization.pk, [recipient.address], _UNSUBSCRIBED)


def give_token(recipient: MessageRecipient) -> str:
    """The recipient's token; a mail that is tried again keeps it."""
    if not recipient.tracking_token:
        recipient.tracking_token = random_text()
        recipient.save(update_fields=["tracking_token"])
    return recipient.tracking_token


def pixel_url(token: str) -> str:
    return f"{settings.BASE_URL}/m/{token}/dot.gif"


def link_url(token: str) -> str:
    return f"{settings.BASE_URL}/m/{token}/open"


def find_tracked(token: str, at: datetime.datetime) -> Tracked | None:
    """Whose it is, or None for a token that is nobody's."""
    if not token:
        return None
    rows = MessageRecipient.objects.select_related("organization", "message")
    found = rows.filter(tracking_token=token).first()
    return Tracked(found.organization_id, found.organization, found) if found else None


def is_machine(agent: str) -> bool:
    """Whether a proxy, a preview or a scanner says that it is one."""
    agent = agent.strip().lower()
    return agent in _NOBODY or _MACHINES.search(agent) is not None


@transaction.atomic
def record_seen(tracked: Tracked, happened: str, at: datetime.datetime) -> bool:
    """Write down the first open or click; False where it does not count.

    Not once the organization stopped tracking or the recipient objected, and not faster than
    a person reads.
    """
    recipient = MessageRecipient.objects.of(tracked.organization_id).select_for_update()
    found = recipient.select_related("message").get(pk=tracked.recipient.pk)
    if not is_tracked(tracked.organization, found.message, found):
        return False
    known = RecipientFate.objects.of(tracked.organization_id).filter(recipient=found)
    if known.filter(report_id=happened).exists():
        return False
    accepted = known.filter(happened=Happened.ACCEPTED).order_by("-pk").first()
    if accepted is not None and at - accepted.occurred_at < FASTEST_READER:
        return False
    log([fate(found, happened, at, Source.READER, report_id=happened)])
    return True


def target_of(message: Message) -> str:
    """The public page that the mail is about, or empty once there is none."""
    rows: dict[str, type[Invoice | Quote | CreditNote]] = {
        Kind.INVOICE: Invoice,
        Kind.QUOTE: Quote,
    }
    document_id = message.subject_id
    if message.kind == Kind.REMINDER:
        reminder = Reminder.objects.of(message.organization_id).filter(pk=document_id).first()
        return public_url(reminder.invoice) if reminder else ""
    model = rows.get(message.kind)
    if model is None:
        return ""
    found = model.objects.of(message.organization_id).filter(pk=document_id).first()
    return public_url(found) if found else ""
