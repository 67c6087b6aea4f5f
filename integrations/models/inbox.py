"""Supplier invoices that wait for a person: what came, what it says, and what became of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from core.fields import MinorUnitsField
from core.models import Record, TenantQuerySet
from integrations.models.collectors import CollectedInvoice


class Supplier(Record):
    """Somebody whose invoices were approved before, and what they are filed under."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The VAT id, else the name without what is written now this way and now that.
    key = models.CharField(max_length=320)
    name = models.CharField(max_length=300)
    tax_id = models.CharField(max_length=100, blank=True)
    category = models.ForeignKey(
        "billing.LedgerAccount", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="supplier_once")
        ]

    def __str__(self) -> str:
        return self.name


class SupplierInvoice(Record):
    """One document in the inbox. The named columns are the draft that staff may correct;
    `figures` is what was read, for ever (see collectors.parsing.wire).

    The document is that of `collected`, or a sealed file of its own under `storage_name`.
    Approved ones always have their own: they outlive the connection that brought them.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("To do")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    collected = models.ForeignKey(
        CollectedInvoice, null=True, on_delete=models.SET_NULL, related_name="received"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    file_name = models.CharField(max_length=300)
    media_type = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="Of the document, in bytes.")
    sha256 = models.CharField(max_length=64, help_text="Of the document.")
    storage_name = models.CharField(max_length=200, blank=True)
    data_key = models.TextField(editable=False, blank=True)
    key_id = models.CharField(max_length=8, blank=True)

    problem = models.CharField(max_length=32, blank=True, help_text="Why nothing was read.")
    problem_detail = models.CharField(max_length=200, blank=True)
    figures = models.JSONField(default=dict)

    supplier_name = models.CharField(max_length=300, blank=True)
    supplier_tax_id = models.CharField(max_length=100, blank=True)
    supplier_key = models.CharField(max_length=320, blank=True)
    number = models.CharField(max_length=100, blank=True)
    is_credit_note = models.BooleanField(default=False)
    issue_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    currency = models.CharField(max_length=4, blank=True)
    total = MinorUnitsField(null=True)
    category = models.ForeignKey(
        "billing.LedgerAccount", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    transaction = models.ForeignKey(
        "billing.Transaction", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was rejected.")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "collected"], name="supplier_invoice_collected_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "sha256"],
                name="supplier_invoice_uploaded_once",
                condition=Q(collected=None) & Q(status="open"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "status", "-created_at"], name="supplier_invoice_list"
            ),
            models.Index(
                fields=["organization", "supplier_key", "number"], name="supplier_invoice_twins"
            ),
            models.Index(fields=["organization", "sha256"], name="supplier_invoice_same"),
            models.Index(fields=["transaction"], name="supplier_invoice_booked"),
            models.Index(fields=["key_id"], name="supplier_invoice_key"),
        ]

    def __str__(self) -> str:
        return self.number or self.file_name
