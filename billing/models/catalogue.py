"""What is sold, and how it is taxed."""

from django.db import models
from django.db.models import Q

from billing.models.base import TenantRecord
from core.fields import ExactDecimalField, MinorUnitsField


class TaxProfile(TenantRecord):
    """A tax rule. Documents copy it; changing a profile never changes an issued document."""

    class Type(models.TextChoices):
        VAT = "VAT", "VAT"
        GST = "GST", "GST"
        SALES_TAX = "sales_tax", "Sales tax"
        PST = "PST", "PST"
        HST = "HST", "HST"
        QST = "QST", "QST"
        WITHHOLDING = "withholding"
        OTHER = "other"

    class Kind(models.TextChoices):
        PERCENT = "percent"
        FIXED = "fixed"

    class Category(models.TextChoices):
        """UNTDID 5305 as EN 16931 restricts it (BT-151)."""

        STANDARD = "S", "Standard rate"
        ZERO = "Z", "Zero rated"
        EXEMPT = "E", "Exempt"
        REVERSE_CHARGE = "AE", "Reverse charge"
        INTRA_EU = "K", "Intra-community supply"
        EXPORT = "G", "Export outside the EU"
        OUT_OF_SCOPE = "O", "Not subject to tax"
        CANARY_ISLANDS = "L", "Canary Islands (IGIC)"
        CEUTA_MELILLA = "M", "Ceuta and Melilla (IPSI)"

    name = models.CharField(max_length=100)
    type = models.CharField(max_length=12, choices=Type, default=Type.VAT)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PERCENT)
    rate = ExactDecimalField(places=6, default=0, help_text="Percent, 0 to 100.")
    # A fixed tax: this many major units of `currency` per unit sold.
    fixed_amount = ExactDecimalField(places=12, default=0)
    currency = models.CharField(max_length=4, blank=True)
    is_compound = models.BooleanField(default=False, help_text="Charged on the taxes before it.")
    is_inclusive = models.BooleanField(default=False, help_text="Prices already contain it.")
    is_in_tax_base = models.BooleanField(
        default=False, help_text="A fixed tax that later taxes are charged on."
    )
    category = models.CharField(max_length=2, choices=Category, default=Category.STANDARD)
    exemption_reason = models.CharField(max_length=300, blank=True)  # BT-120
    jurisdiction = models.CharField(max_length=64, blank=True)
    description = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=Q(is_active=True),
                name="tax_profile_name_once",
            )
        ]
        indexes = [models.Index(fields=["organization"], name="tax_profile_of")]

    def __str__(self) -> str:
        return self.name


class Product(TenantRecord):
    """A thing or service with a price. Archived, not deleted, once a document uses it."""

    class Kind(models.TextChoices):
        SERVICE = "service"
        PRODUCT = "product"

    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    sku = models.CharField("SKU", max_length=100, blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.SERVICE)
    unit_price = ExactDecimalField(places=12)
    currency = models.CharField(max_length=4)
    cost_price = ExactDecimalField(places=12, null=True, blank=True)
    unit = models.CharField(max_length=32, blank=True)
    unit_code = models.CharField(max_length=8, default="C62")
    tax_profile = models.ForeignKey(
        TaxProfile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    category = models.CharField(max_length=100, blank=True)
    stock_quantity = ExactDecimalField(places=6, null=True, blank=True)
    low_stock_threshold = MinorUnitsField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "sku"], condition=~Q(sku=""), name="product_sku_once"
            )
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="product_newest"),
            models.Index(fields=["organization", "name"], name="product_name"),
        ]

    def __str__(self) -> str:
        return self.name
