"""The tenant: a business that bills. Every other row belongs to one."""

from django.core.validators import RegexValidator
from django.db import models

from accounts.models.parties import PartyFields
from core.fields import MinorUnitsField
from core.models import Record


class Organization(PartyFields, Record):
    """A business with its settings. Live and sandbox are two rows: the twin holds test data.

    Settings that change how money is computed are copied onto each document when it
    is made, so changing them never touches an issued one.
    """

    class Plan(models.TextChoices):
        STARTER = "starter"
        PROFESSIONAL = "professional"
        ENTERPRISE = "enterprise"

    class NumberAssignment(models.TextChoices):
        ON_CREATE = "on_create"
        ON_ISSUE = "on_issue"

    class Rounding(models.TextChoices):
        """Where tax is rounded: once per rate, on each line, or so that gross prices stay."""

        GROUP = "group"
        LINE = "line"
        KEEP_GROSS = "keep_gross"

    class InclusiveOrder(models.TextChoices):
        NET_FIRST = "net_first"
        TAX_FIRST = "tax_first"

    class DateOrder(models.TextChoices):
        """What to do when an invoice is dated before its predecessor in the series."""

        WARN = "warn"
        REFUSE = "refuse"

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    livemode = models.BooleanField(default=True)
    sandbox_of = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="sandbox"
    )
    test_clock = models.DateTimeField(
        null=True, blank=True, help_text="The sandbox's own time; empty means the real time."
    )
    plan = models.CharField(max_length=20, choices=Plan, default=Plan.PROFESSIONAL)
    rate_limit_per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text="Overrides the plan's limit."
    )

    administered_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="administered",
        help_text="The organization that looks after this one: its directory keys reach it too.",
    )

    # Look
    logo = models.ImageField(upload_to="logos/", blank=True)
    accent_color = models.CharField(
        max_length=7, default="#1d4ed8", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    template = models.CharField(max_length=32, default="tmpl_modern")
    email = models.EmailField(blank=True, help_text="Where customers reach you; reply-to of mail.")
    phone = models.CharField(max_length=40, blank=True)
    website = models.URLField(blank=True)
    legal_text = models.TextField(blank=True, help_text="Capital, court, small-business text.")

    # Place and language
    currency = models.CharField(max_length=4, default="USD")
    accounting_currency = models.CharField(
        max_length=4, blank=True, help_text="Currency of the books; empty means the currency above."
    )
    timezone = models.CharField(max_length=64, default="UTC")
    locale = models.CharField(max_length=10, default="en_US")

    # Billing rules
    payment_terms_days = models.PositiveSmallIntegerField(default=30)
    payment_terms = models.CharField(
        max_length=60,
        blank=True,
        help_text="Such as '2/10 net 30' or 'net 45 eom'; empty: only the days above.",
    )
    default_notes = models.TextField(blank=True)
    default_terms = models.TextField(blank=True)
    number_assignment = models.CharField(
        max_length=12, choices=NumberAssignment, default=NumberAssignment.ON_CREATE
    )
    rounding = models.CharField(max_length=12, choices=Rounding, default=Rounding.GROUP)
    inclusive_order = models.CharField(
        max_length=12, choices=InclusiveOrder, default=InclusiveOrder.NET_FIRST
    )
    prices_include_tax = models.BooleanField(default=False)
    cash_rounding_minor = MinorUnitsField(
        default=0, help_text="Smallest coin in minor units, such as 5 for 0.05 CHF; 0 is off."
    )
    date_order = models.CharField(max_length=8, choices=DateOrder, default=DateOrder.WARN)
    write_off_tolerance_minor = MinorUnitsField(
        default=0, help_text="Largest open difference that a payment may close."
    )
    copy_mail_to_self = models.BooleanField(default=False)
    tracks_mail = models.BooleanField(
        default=False, help_text="Tell when recipients open mails and follow their links."
    )

    # What customers may do on their portal
    portal_enabled = models.BooleanField(default=True)
    portal_part_payments = models.BooleanField(default=False)
    portal_disputes = models.BooleanField(default=True)
    portal_changes = models.BooleanField(default=True)

    # How far the people who set it up have come; facts of their own are not repeated here.
    setup_steps = models.JSONField(default=dict, blank=True)
    setup_ended_at = models.DateTimeField(null=True, blank=True)

    # Rises when a rate-limit bucket, cache or other derived thing must forget the settings.
    settings_version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name if self.livemode else f"{self.name} (sandbox)"

    @property
    def base_currency(self) -> str:
        """The currency the books are kept in."""
        return self.accounting_currency or self.currency

    @property
    def display_name(self) -> str:
        return self.trading_name or self.legal_name or self.name
