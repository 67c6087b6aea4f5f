"""The applications that bill through key pairs; what each tells its payers."""

from django.db import models

from accounts.models.organizations import Organization
from core.models import Record, TenantQuerySet


class App(Record):
    """A program that bills in the organization's name, with a number series of its own.

    Its credentials are pairs of a client key and a secret; a pair that is replaced leaves
    the application as it is. What it says about payment stands on its public pages.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=100)
    links_expire = models.BooleanField(
        default=False, help_text="Payment links end with the due date of their invoice."
    )
    card_checkout_url = models.CharField(
        max_length=500,
        blank=True,
        help_text="Where cards are charged: an https address with {amount}, {currency} and"
        " {reference}. Without it no card is offered.",
    )
    cash_instructions = models.CharField(max_length=500, blank=True)
    mobile_money_instructions = models.CharField(max_length=500, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="app_name_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def number_series(self) -> str:
        """The name of the series that its invoices are numbered in."""
        return f"app-{self.pk}"
