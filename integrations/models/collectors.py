"""Supplier invoices that come in by themselves: who wants them, where from, what came.

The organization is the API's customer; below it stand users (one per company or person, known
by the customer's own id), their credentials (one connection to one source each), and what was
collected. Secrets and documents are sealed under a data key of their credential, which is
itself sealed under settings.COLLECTOR_KEYS: deleting the credential makes them unreadable.
"""

from django.db import models
from django.db.models import Q

from accounts.models import ApiKey, Organization
from core.models import Record, TenantQuerySet
from core.secrets import SealedTextField


class CollectorAccount(Record):
    """An organization as a customer of the collector: its callback and its settings."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=200, default="default")
    callback = models.URLField(max_length=2000, blank=True)
    secret = SealedTextField(help_text="Signs what goes to the callback.")
    remote_id = models.CharField(max_length=200, blank=True)
    theme = models.CharField(max_length=16, default="default")
    subscribed_collectors = models.JSONField(default=list)
    is_subscribed_to_all = models.BooleanField(default=True)
    shows_sketches = models.BooleanField(default=True)
    origins = models.JSONField(
        default=list, help_text="Sites that may show the users' page in a frame."
    )
    # The bearer that the first start wrote to the console, where logs may keep it.
    bearer_printed_at = models.DateTimeField(null=True)
    printed_key = models.ForeignKey(ApiKey, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="collector_account_once")
        ]

    def __str__(self) -> str:
        return self.name


class CollectorUser(Record):
    """Somebody whose invoices are collected. Their e-mail address is never kept.

    Without a `remote_id` it is the organization itself, which no customer's id can name: its
    staff connect what its own inbox is to be filled from.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    remote_id = models.CharField(max_length=200, help_text="The customer's own id of the user.")
    locale = models.CharField(max_length=2, default="en")
    code_digest = models.CharField(max_length=128, blank=True)
    code_sent_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    terms_accepted_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "remote_id"], name="collector_user_once"
            )
        ]

    def __str__(self) -> str:
        return self.remote_id or "the organization itself"

    @property
    def is_own(self) -> bool:
        """Whether it is the organization itself."""
        return not self.remote_id


class CollectorUserToken(models.Model):
    """A short-lived way in for one user. Only its digest is kept."""

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(CollectorUser, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="collector_token_over")]

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M}"


class CollectorCredential(Record):
    """One user's connection to one source: sealed parameters, a state and a schedule."""

    class State(models.IntegerChoices):
        DISCONNECTED = -2, "disconnected"
        ERROR = -1, "error"
        SCHEDULED = 0, "scheduled"
        PREPARING = 1, "preparing"
        LOGGING_IN = 2, "logging in"
        CODE_WANTED = 3, "waiting for a code"
        CODE_GIVEN = 4, "sending the code"
        COLLECTING = 5, "collecting"
        DOWNLOADING = 6, "downloading"
        DONE = 7, "done"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        CollectorUser, on_delete=models.CASCADE, related_name="credentials", db_index=False
    )
    source = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True)
    data_key = models.TextField(editable=False)
    key_id = models.CharField(max_length=8, help_text="Which of COLLECTOR_KEYS opens it.")
    sealed_params = models.BinaryField()
    sealed_session = models.BinaryField(default=b"")
    # What the user answered to a source that asked for a code; wiped when it is read.
    sealed_code = models.BinaryField(default=b"")
    state = models.SmallIntegerField(choices=State, default=State.SCHEDULED)
    state_message = models.CharField(max_length=500, blank=True)
    download_from = models.DateTimeField(help_text="Older invoices are noted, not collected.")
    last_collect_at = models.DateTimeField(null=True)
    # When it is collected next, and who does so now: see core.outbox.
    next_attempt_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="collector_credential_due",
                condition=Q(next_attempt_at__isnull=False),
            ),
            models.Index(fields=["user", "-id"], name="collector_credential_list"),
            models.Index(fields=["key_id"], name="collector_credential_key"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.uuid}"


class CollectRun(models.Model):
    """One visit to a source and what came of it."""

    class Outcome(models.TextChoices):
        DONE = "done"
        NOTHING = "nothing"  # the source shows no invoices at all
        REFUSED = "refused"  # it does not accept the parameters
        DISCONNECTED = "disconnected"  # it wants the user again
        FAILED = "failed"  # anything else; tried again in a day

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    credential = models.ForeignKey(
        CollectorCredential, on_delete=models.CASCADE, related_name="runs", db_index=False
    )
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome)
    seen = models.PositiveIntegerField(help_text="How many invoices the source showed.")
    collected = models.PositiveIntegerField(help_text="How many of them were new.")
    message = models.CharField(max_length=500, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["credential", "-id"], name="collect_run_log")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.started_at:%Y-%m-%d %H:%M}"


class CollectedInvoice(Record):
    """One invoice that a source showed. Without `collected_at` it is only known to exist."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    credential = models.ForeignKey(
        CollectorCredential, on_delete=models.CASCADE, related_name="invoices", db_index=False
    )
    external_id = models.CharField(max_length=300, help_text="The source's id of the invoice.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the document.")
    issued_at = models.DateTimeField()
    collected_at = models.DateTimeField(null=True)
    link = models.CharField(max_length=2000, blank=True)
    amount = models.CharField(max_length=64, blank=True, help_text="As the source shows it.")
    details = models.JSONField(default=dict, help_text="What else the source says of it.")
    media_type = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0, help_text="Of the document, in bytes.")
    sealed_document = models.BinaryField(default=b"")
    duplicate_of = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="duplicates"
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "credential", "external_id", "sha256"],
                name="collected_invoice_once",
            )
        ]
        indexes = [
            models.Index(fields=["credential", "-issued_at"], name="collected_invoice_list"),
            models.Index(fields=["credential", "sha256"], name="collected_invoice_same"),
        ]

    def __str__(self) -> str:
        return self.external_id


class CallbackDelivery(models.Model):
    """Something the customer's callback is to be told, and how often that was tried."""

    class Kind(models.TextChoices):
        INVOICE = "invoice"
        DISCONNECTED = "notification_disconnected"

    class Status(models.TextChoices):
        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True, editable=False, help_text="webhook-id on the wire.")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    credential = models.ForeignKey(
        CollectorCredential, on_delete=models.CASCADE, related_name="deliveries"
    )
    kind = models.CharField(max_length=32, choices=Kind)
    invoice = models.ForeignKey(
        CollectedInvoice, null=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    response_code = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True, help_text="Of the last attempt.")
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "invoice"], name="callback_delivery_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="callback_delivery_due",
                condition=Q(status="pending"),
            ),
            models.Index(
                fields=["organization", "-created_at", "-id"], name="callback_delivery_list"
            ),
        ]
        verbose_name_plural = "callback deliveries"

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"
