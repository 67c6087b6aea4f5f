"""Products and taxes."""

from typing import Any

from django import forms
from django.utils.translation import gettext

from billing.models import Product, TaxProfile
from billing.web.forms.base import (
    LocalDecimalField,
    StaffForm,
    currency_choices,
    price_initial,
)
from billing.web.forms.invoices import tax_choices


class ProductForm(StaffForm):
    name = forms.CharField(max_length=200)
    unit_price = LocalDecimalField(label="Price")
    currency = forms.ChoiceField()
    tax_profile_id = forms.ChoiceField(label="Tax", required=False)
    kind = forms.ChoiceField(choices=Product.Kind.choices)
    unit = forms.CharField(
        required=False, max_length=32, help_text="Such as hour, piece or month; printed."
    )
    sku = forms.CharField(label="SKU", required=False, max_length=100)
    category = forms.CharField(required=False, max_length=100)
    description = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Printed below the name.",
    )
    is_active = forms.BooleanField(label="Offered on new invoices", required=False, initial=True)

    def __init__(self, *args: Any, organization_id: int, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = currency_choices(self.reader_locale, [currency])
        self.fields["currency"].choices = choices  # type: ignore[attr-defined]
        taxes = tax_choices(organization_id)
        chosen = self.initial.get("tax_profile_id")
        if chosen and chosen not in dict(taxes):
            taxes.append((chosen, gettext("Retired tax")))
        self.fields["tax_profile_id"].choices = taxes  # type: ignore[attr-defined]

    def fields_for_operation(self) -> dict[str, Any]:
        values = self.values()
        values["tax_profile_id"] = values["tax_profile_id"] or None
        return values


class TaxForm(StaffForm):
    name = forms.CharField(max_length=100, help_text="Printed: VAT 19 %, GST, …")
    type = forms.ChoiceField(choices=TaxProfile.Type.choices)
    rate = LocalDecimalField(help_text="Percent, from 0 to 100; 9.975 is fine.")
    category = forms.ChoiceField(
        choices=TaxProfile.Category.choices, help_text="As electronic invoices spell it."
    )
    exemption_reason = forms.CharField(
        required=False, max_length=300, help_text="Printed where nothing is charged."
    )
    jurisdiction = forms.CharField(required=False, max_length=64)
    is_inclusive = forms.BooleanField(label="Prices contain it already", required=False)
    is_compound = forms.BooleanField(
        label="Compound", required=False, help_text="Charged on the taxes before it too."
    )


def product_initial(product: Product) -> dict[str, Any]:
    """The form's values for a product as it is."""
    names = [
        "name",
        "unit_price",
        "currency",
        "kind",
        "unit",
        "sku",
        "category",
        "description",
        "is_active",
    ]
    profile = product.tax_profile
    return {
        **{name: getattr(product, name) for name in names},
        "unit_price": price_initial(product.unit_price, product.currency),
        "tax_profile_id": str(profile.uuid) if profile else "",
    }
