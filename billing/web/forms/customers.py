"""Customers and their contacts."""

from typing import Any

from django import forms

from billing.models import Customer
from billing.web.forms.base import (
    LocalDecimalField,
    StaffForm,
    country_choices,
    currency_choices,
)
from core.money import from_minor

_PLAIN = (
    "name",
    "kind",
    "email",
    "phone",
    "currency",
    "payment_terms_days",
    "payment_terms",
    "legal_name",
    "vat_id",
    "buyer_reference",
    "address_line1",
    "address_line2",
    "postal_code",
    "city",
    "subdivision",
    "country",
    "is_tax_exempt",
    "notes",
)


class CustomerForm(StaffForm):
    params = {"payment_terms_rule": "payment_terms"}

    name = forms.CharField(max_length=200, help_text="How you call them.")
    kind = forms.ChoiceField(choices=Customer.Kind.choices)
    email = forms.CharField(
        label="E-mail",
        required=False,
        max_length=254,
        help_text="Invoices are sent here.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(required=False, max_length=40)
    currency = forms.ChoiceField()
    payment_terms_days = forms.IntegerField(
        label="Payment terms in days",
        required=False,
        min_value=0,
        max_value=3650,
        help_text="Empty: the organization's.",
    )
    payment_terms = forms.CharField(
        label="Other terms",
        required=False,
        max_length=60,
        help_text="Such as 2/10 net 30, net 45 eom, eom + 45 or 15th of next month.",
    )
    legal_name = forms.CharField(
        required=False, max_length=200, help_text="If it differs from the name; printed."
    )
    vat_id = forms.CharField(label="VAT id", required=False, max_length=40)
    buyer_reference = forms.CharField(
        required=False, max_length=100, help_text="Printed on each invoice if they ask for one."
    )
    address_line1 = forms.CharField(label="Address", required=False, max_length=200)
    address_line2 = forms.CharField(label="Address, second line", required=False, max_length=200)
    postal_code = forms.CharField(required=False, max_length=20)
    city = forms.CharField(required=False, max_length=100)
    subdivision = forms.CharField(label="State or province", required=False, max_length=100)
    country = forms.ChoiceField(required=False)
    credit_limit = LocalDecimalField(required=False)
    is_tax_exempt = forms.BooleanField(
        label="Tax exempt",
        required=False,
        help_text="New lines carry no tax unless you choose one.",
    )
    notes = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="For your team only."
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["currency"]
        field.choices = currency_choices(self.reader_locale, [currency])  # type: ignore[attr-defined]
        self.fields["country"].choices = country_choices(self.reader_locale)  # type: ignore[attr-defined]

    def fields_for_operation(self) -> dict[str, Any]:
        """What create_customer and update_customer take."""
        return self.values(*_PLAIN, "credit_limit")


class NewcomerForm(StaffForm):
    """A customer who is added with the invoice; the name is the one typed there."""

    is_new = forms.BooleanField(label="Add as a new customer", required=False)
    email = forms.CharField(
        label="E-mail",
        required=False,
        max_length=254,
        help_text="Invoices are sent here.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    vat_id = forms.CharField(label="VAT id", required=False, max_length=40)
    address_line1 = forms.CharField(label="Address", required=False, max_length=200)
    postal_code = forms.CharField(required=False, max_length=20)
    city = forms.CharField(required=False, max_length=100)
    country = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="new", **kwargs)
        self.fields["country"].choices = country_choices(self.reader_locale)  # type: ignore[attr-defined]

    @property
    def is_wanted(self) -> bool:
        """Whether the tick is set, and the rest can be read."""
        return self.is_bound and self.is_valid() and bool(self.cleaned_data["is_new"])

    def fields_for_operation(self) -> dict[str, Any]:
        """What create_customer takes, but for name and currency."""
        return self.values("email", "vat_id", "address_line1", "postal_code", "city", "country")


class ContactForm(StaffForm):
    name = forms.CharField(max_length=200)
    email = forms.CharField(label="E-mail", required=False, widget=forms.EmailInput)
    phone = forms.CharField(required=False, max_length=40)
    position = forms.CharField(label="Job title", required=False, max_length=100)
    receives_invoices = forms.BooleanField(label="Gets invoices too", required=False)


def customer_initial(customer: Customer) -> dict[str, Any]:
    """The form's values for a customer as it is."""
    values = {name: getattr(customer, name) for name in _PLAIN}
    if customer.credit_limit is not None:
        values["credit_limit"] = from_minor(customer.credit_limit, customer.currency)
    return values
