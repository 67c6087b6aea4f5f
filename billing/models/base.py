"""What all tenant rows, and all documents with lines, have in common."""

from django.db import models
from django.db.models import Q

from accounts.models import Organization
from core.fields import ExactDecimalField, MinorUnitsField
from core.models import Record, TenantQuerySet

# The looks a document can have; documents keep the name, so it is never reused.
TEMPLATES = ("tmpl_modern", "tmpl_classic", "tmpl_compact")


class TenantRecord(Record):
    """A row of one organization, reached through `objects.of(organization_id)`."""

    # Each table names an index that begins with it; one of its own would be one more to write.
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True


class DiscountType(models.TextChoices):
    PERCENT = "percent"
    FIXED = "fixed"


class SalesDocument(TenantRecord):
    """The shared half of invoices, credit notes and quotes.

    All amounts are integers in the minor unit of `currency`. `seller` and `buyer` are
    empty on a draft and hold copies of the parties once the document is issued. The
    computation policy is frozen on the document; `calculation` keeps every
    intermediate figure so that `explain` can repeat the sum in words for ever.
    """

    number = models.CharField(max_length=64, null=True, blank=True)
    issue_date = models.DateField()
    currency = models.CharField(max_length=4)
    # Units of the books' currency for one unit of this currency, on issue_date.
    exchange_rate = ExactDecimalField(places=12, default=1)
    accounting_currency = models.CharField(max_length=4)

    seller = models.JSONField(default=dict)
    buyer = models.JSONField(default=dict)
    delivery = models.JSONField(default=dict)  # BG-13: name, address, date (ISO)

    buyer_reference = models.CharField(max_length=100, blank=True)  # BT-10, Leitweg-ID
    purchase_order = models.CharField(max_length=100, blank=True)  # BT-13
    sales_order = models.CharField(max_length=100, blank=True)  # BT-14
    contract = models.CharField(max_length=100, blank=True)  # BT-12
    project = models.CharField(max_length=100, blank=True)  # BT-11
    reference = models.CharField(max_length=100, blank=True)
    period_start = models.DateField(null=True, blank=True)  # BT-73
    period_end = models.DateField(null=True, blank=True)  # BT-74

    discount_type = models.CharField(max_length=8, choices=DiscountType, blank=True)
    discount_value = ExactDecimalField(places=6, default=0)
    # Document charges and allowances other than the discount (BG-20, BG-21): a list of
    # {"name", "amount" (digits), "is_charge", "taxes": [...]}; shipping and surcharges live here.
    charges = models.JSONField(default=list)

    rounding = models.CharField(max_length=12)
    inclusive_order = models.CharField(max_length=12)
    prices_include_tax = models.BooleanField(default=False)
    cash_rounding_minor = MinorUnitsField(default=0)

    subtotal = MinorUnitsField(default=0)  # sum of line nets, before the document discount
    discount_total = MinorUnitsField(default=0)
    charge_total = MinorUnitsField(default=0)
    tax_total = MinorUnitsField(default=0)
    rounding_amount = MinorUnitsField(default=0)  # BT-114
    total = MinorUnitsField(default=0)
    calculation = models.JSONField(default=dict)

    notes = models.TextField(blank=True)
    terms = models.TextField(blank=True)
    footer = models.TextField(blank=True)
    template = models.CharField(max_length=32)
    locale = models.CharField(max_length=10)
    metadata = models.JSONField(default=dict)

    version = models.PositiveIntegerField(default=1)
    public_token = models.CharField(max_length=32, unique=True)
    public_link_expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number or f"draft {self.uuid}"

    @property
    def is_counted_one_to_one(self) -> bool:
        """In a foreign currency at the rate 1: as a rule because no rate was known."""
        return self.currency != self.accounting_currency and self.exchange_rate == 1


class DocumentLine(models.Model):
    """One line of a document. Amounts are minor units of the document's currency.

    `tax_amount` and `total` are informational: they show the line's tax before the
    document discount and are never summed into the document's tax.
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(editable=False, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    product = models.ForeignKey(
        "billing.Product", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=200)  # BT-153
    description = models.TextField(blank=True)  # BT-154
    quantity = ExactDecimalField(places=6)
    unit = models.CharField(max_length=32, blank=True)
    unit_code = models.CharField(max_length=8, default="C62")  # UN/ECE Recommendation 20
    unit_price = ExactDecimalField(places=12)
    price_base_quantity = ExactDecimalField(places=6, default=1)  # BT-149
    discount_type = models.CharField(max_length=8, choices=DiscountType, blank=True)
    discount_value = ExactDecimalField(places=6, default=0)
    seller_item_id = models.CharField(max_length=100, blank=True)  # BT-155
    buyer_item_id = models.CharField(max_length=100, blank=True)  # BT-156
    period_start = models.DateField(null=True, blank=True)  # BT-134
    period_end = models.DateField(null=True, blank=True)  # BT-135
    # Frozen copies of the tax rules in order: see billing.totals.TaxRule.as_dict.
    taxes = models.JSONField(default=list)

    discount_amount = MinorUnitsField(default=0)
    net_amount = MinorUnitsField(default=0)  # BT-131, after the line discount
    tax_amount = MinorUnitsField(default=0)
    total = MinorUnitsField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position}. {self.name}"


class DocumentTax(models.Model):
    """One tax subtotal of an issued or draft document (BG-23), minor units.

    `accounting_amount` is the tax in the books' currency (BT-111). `issued_on` is the day on
    which it counts, the document's issue date, and empty while the document is not in force;
    with it and both currencies the tax report reads subtotals alone. `is_shared` says that
    taxes of several profiles are in it (A22).
    """

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    position = models.PositiveIntegerField()
    tax_profile = models.ForeignKey(
        "billing.TaxProfile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=8, default="percent")
    category = models.CharField(max_length=2)
    rate = ExactDecimalField(places=6)
    exemption_reason = models.CharField(max_length=300, blank=True)
    base_amount = MinorUnitsField()
    tax_amount = MinorUnitsField()
    accounting_amount = MinorUnitsField()
    issued_on = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=4)
    accounting_currency = models.CharField(max_length=4)
    is_shared = models.BooleanField(default=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position"]
        # Everything that the tax report reads, so that it reads nothing else.
        indexes = [
            models.Index(
                fields=[
                    "organization",
                    "issued_on",
                    "tax_profile",
                    "name",
                    "kind",
                    "category",
                    "rate",
                    "exemption_reason",
                    "currency",
                    "accounting_currency",
                    "base_amount",
                    "tax_amount",
                    "accounting_amount",
                ],
                name="%(class)s_report",
                condition=Q(issued_on__isnull=False),
            ),
            models.Index(
                fields=["organization", "issued_on"],
                name="%(class)s_shared",
                condition=Q(issued_on__isnull=False, is_shared=True),
            ),
        ]
