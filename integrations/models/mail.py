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

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    # The billing document it is about, by its own table's id.
    subject_id = models.BigIntegerField()
    subject = models.CharField(max_length=300, blank=True, help_text="Empty: the default subject.")
    body = models.TextField(blank=True, help_text="The sender's words; empty: the default.")
    attach_pdf = models.BooleanField(default=True)
    message_id = models.CharField(max_length=200, unique=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    attempts_made = models.PositiveSmallIntegerField(default=0)
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
    """One address of a message, with its own fate."""

    class Role(models.TextChoices):
        TO = "to"
        CC = "cc"
        BCC = "bcc"

    class Status(models.TextChoices):
        QUEUED = "queued"
        ACCEPTED = "accepted"
        REFUSED = "refused"

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="recipients")
    role = models.CharField(max_length=3, choices=Role)
    address = models.EmailField(max_length=254)
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    detail = models.CharField(max_length=500, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "address"], name="recipient_once")
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.address}"
