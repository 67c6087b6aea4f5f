"""What paying late costs, as a form."""

from typing import Any

from django import forms
from django.utils.translation import gettext

from billing.models import LateFeePolicy, TaxProfile
from billing.web.forms.base import LocalDecimalField, StaffForm
from core.money import from_minor

_FEE_TYPES = [
    ("", "No fee"),
    ("percent", "Percent of what is due"),
    ("fixed", "Fixed amount"),
]


class LateFeeForm(StaffForm):
    """The policy of the organization, or of one customer."""

    is_enabled = forms.BooleanField(label="Charge late fees", required=False)
    is_sent = forms.BooleanField(label="Mail the invoice over the fee", required=False)
    fee_type = forms.ChoiceField(label="Fee", required=False, choices=_FEE_TYPES)
    fee_value = LocalDecimalField(
        label="Percent or amount",
        required=False,
        help_text="An amount is in your books' currency.",
    )
    every_days = forms.IntegerField(
        label="Again every so many days",
        required=False,
        min_value=1,
        max_value=365,
        help_text="Empty: once.",
    )
    grace_days = forms.IntegerField(
        label="Days of grace",
        required=False,
        min_value=0,
        max_value=365,
        help_text="After the due date.",
    )
    interest_rate = LocalDecimalField(
        label="Interest in percent per year", required=False, help_text="Empty: none."
    )
    interest_every_days = forms.IntegerField(
        label="Interest is charged every",
        required=False,
        min_value=1,
        max_value=365,
        help_text="Days.",
    )
    most_fees = forms.IntegerField(
        label="At most so many per invoice", required=False, min_value=1, max_value=1000
    )
    most_amount = LocalDecimalField(label="At most this amount per invoice", required=False)
    is_compounding = forms.BooleanField(
        label="Count earlier fees that are still due", required=False
    )
    tax_profile_id = forms.ChoiceField(
        label="Tax on fees", required=False, help_text="Late fees usually bear none."
    )

    def __init__(self, *args: Any, organization_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = TaxProfile.objects.of(organization_id).filter(is_active=True).order_by("name")
        taxes = [("", gettext("No tax")), *((str(row.uuid), row.name) for row in rows)]
        self.fields["tax_profile_id"].choices = taxes  # type: ignore[attr-defined]

    def for_operation(self) -> dict[str, Any]:
        values = self.values()
        values["tax_profile_id"] = values["tax_profile_id"] or None
        values["grace_days"] = values["grace_days"] or 0
        values["interest_every_days"] = values["interest_every_days"] or 30
        return values


def late_fee_initial(policy: LateFeePolicy, currency: str) -> dict[str, Any]:
    """The form filled with what is agreed; numbers that say nothing stay empty."""
    initial = {name: getattr(policy, name) for name in LateFeeForm.base_fields if name in _PLAIN}
    most = policy.most_amount
    return {
        **initial,
        "fee_value": policy.fee_value or None,
        "interest_rate": policy.interest_rate or None,
        "most_amount": None if most is None else from_minor(most, currency),
        "tax_profile_id": str(policy.tax_profile.uuid) if policy.tax_profile else "",
    }


_PLAIN = frozenset(LateFeeForm.base_fields) - {"most_amount", "tax_profile_id"}
