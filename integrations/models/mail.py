"""E-mail messages and what became of each recipient."""

from django.db import models
from django.db.models import Q

from accounts.models import Organization
from core.models import Record, TenantQuerySet


class Message(Record):
    """A message to send. Rendered when sent; the Message-ID is fixed when queued."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"  # at least one recipient accepted, none left to try
        FAILED = "failed"  # nobody accepted and no attempt is left
        DROPPED = "dropped"  # no longer wanted when its turn came

    class Kind(models.TextChoices):
        INVOICE = "invoice"
        CREDIT_NOTE = "credit_note"
        RECEIPT = "receipt"
        QUOTE = "quote"
        REMINDER = "reminder"
        ALERT = "alert"
        PORTAL = "portal", "Portal link"  # it signs in to the customer portal
        INVITATION = "invitation", "Portal invitation"  # it says where the portal is

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=12, choices=Kind)
    # The billing document it is about, by its own table's id.
    subject_id = models.BigIntegerField()
    subject = models.CharField(max_length=300, blank=True, help_text="Empty: the default subject.")
    body = models.TextField(blank=True, help_text="The sender's words; empty: the default.")
    attach_pdf = models.BooleanField(default=True)
    message_id = models.CharField(max_length=200, unique=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    # Counted before an attempt and forgotten after it: what remains are workers that died of it.
    claims = models.PositiveSmallIntegerField(
        default=0, help_text="Attempts begun since one last ended."
    )
    next_attempt_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    requested_by = models.CharField(max_length=200, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="message_due", condition=Q(status="queued")
            ),
            models.Index(fields=["organization", "kind", "subject_id"], name="message_by_subject"),
            models.Index(fields=["organization", "-created_at"], name="message_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class MessageRecipient(models.Model):
    """One address of a message, with its own fate.

    `updated_at` is when it last changed; RecipientFate tells the whole story.
    """

    class Role(models.TextChoices):
        TO = "to"
        CC = "cc"
        BCC = "bcc"

    class Status(models.TextChoices):
        QUEUED = "queued"
        ACCEPTED = "accepted"  # the next mail server took it over
        REFUSED = "refused"  # no mail server took it
        DELIVERED = "delivered"  # reported to be in the mailbox
        BOUNCED = "bounced"  # accepted and then returned
        COMPLAINED = "complained"  # delivered and reported as unwanted
        SUPPRESSED = "suppressed"  # opted out, bounced or complained before its turn (D9)

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="recipients", db_index=False
    )
    role = models.CharField(max_length=3, choices=Role)
    address = models.EmailField(max_length=254)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    detail = models.CharField(max_length=500, blank=True)
    # In the links of this recipient's copy while the organization tracks mail; else empty.
    tracking_token = models.CharField(max_length=32, blank=True)
    updated_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "address"], name="recipient_once")
        ]
        indexes = [
            models.Index(
                fields=["organization", "-updated_at", "-id"],
                name="recipient_failed",
                condition=Q(status__in=["refused", "bounced", "complained"]),
            ),
            models.Index(
                fields=["tracking_token"],
                name="recipient_tracked",
                condition=~Q(tracking_token=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.address}"


class RecipientFate(models.Model):
    """One thing that happened to a recipient, with its instant and the words that told of it.

    Only ever added to: the database refuses to change or remove a row.
    """

    class Happened(models.TextChoices):
        QUEUED = "queued"
        DEFERRED = "deferred"  # a temporary trouble; it is tried again
        ACCEPTED = "accepted"
        REFUSED = "refused"
        DELIVERED = "delivered"
        BOUNCED = "bounced"
        COMPLAINED = "complained"
        SUPPRESSED = "suppressed"
        OPENED = "opened"  # only where the organization tracks mail, and the first time
        CLICKED = "clicked"

    class Source(models.TextChoices):
        OURSELVES = "ourselves"
        SERVER = "server", "mail server"
        REPORT = "report", "delivery report"
        COMPLAINT = "complaint", "complaint"
        PROVIDER = "provider", "mail provider"
        READER = "reader", "the recipient"

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(MessageRecipient, on_delete=models.CASCADE, related_name="fates")
    happened = models.CharField(max_length=10, choices=Happened)
    occurred_at = models.DateTimeField()
    source = models.CharField(max_length=10, choices=Source)
    detail = models.CharField(max_length=500, blank=True)
    # The Message-ID of the report that said so, so that one read twice counts once.
    report_id = models.CharField(max_length=250, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "recipient", "report_id"],
                condition=~Q(report_id=""),
                name="fate_reported_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.happened} {self.occurred_at:%Y-%m-%d %H:%M}"


class MailboxCursor(models.Model):
    """How far the installation's bounce mailbox was read.

    `mailbox` is user, host and folder. Uids count within one `uid_validity`, which the
    server changes when it numbers the mailbox anew.
    """

    mailbox = models.CharField(max_length=300, primary_key=True)
    uid_validity = models.BigIntegerField()
    last_uid = models.BigIntegerField()
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.mailbox} up to {self.last_uid}"
