"""The first run: little to type, much filled in."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext

from accounts.models import Organization
from billing.country_facts import CountryFacts, Rate, facts_of, place_tax_number
from billing.web.forms.base import LocalDecimalField, StaffForm
from billing.web.forms.settings import place_choices
from billing.web.language import say

# What an organization has that nobody has told anything yet.
_UNTOLD = {"currency": "USD", "timezone": "UTC", "locale": "en_US"}
_PLAIN = (
    "legal_name",
    "email",
    "country",
    "address_line1",
    "postal_code",
    "city",
    "subdivision",
    "currency",
    "timezone",
    "locale",
)


class BusinessForm(StaffForm):
    """Who bills. What follows from the country is filled in and may be changed."""

    params = {"vat_id": "tax_number", "tax_registration_id": "tax_number"}

    legal_name = forms.CharField(max_length=200, help_text="As in the register; printed.")
    email = forms.CharField(
        label="E-mail",
        required=False,
        widget=forms.EmailInput,
        help_text="Where customers' answers go.",
    )
    country = forms.ChoiceField()
    address_line1 = forms.CharField(label="Address", max_length=200)
    postal_code = forms.CharField(required=False, max_length=20)
    city = forms.CharField(max_length=100)
    subdivision = forms.CharField(label="State or province", required=False, max_length=100)
    tax_number = forms.CharField(required=False, max_length=40)
    currency = forms.ChoiceField()
    timezone = forms.ChoiceField(label="Time zone")
    locale = forms.ChoiceField(label="Numbers and dates as in")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = str(self["country"].value() or "")
        place_choices(self, str(self["locale"].value() or ""))
        facts = facts_of(country)
        field = self.fields["tax_number"]
        field.label = say(facts.tax_number)
        if facts.example:
            field.help_text = gettext("Such as {example}; empty if you have none.").format(
                example=facts.example
            )

    def clean_tax_number(self) -> str:
        text: str = self.cleaned_data["tax_number"]
        try:
            place_tax_number(self.cleaned_data.get("country", ""), text)
        except ValueError:
            raise forms.ValidationError(
                gettext("This is not a valid VAT id: compare it with your papers.")
            ) from None
        return text

    def fields_for_operation(self) -> dict[str, Any]:
        """What update_organization takes."""
        values = self.values(*_PLAIN)
        vat_id, other = place_tax_number(values["country"], self.cleaned_data["tax_number"])
        return {**values, "vat_id": vat_id, "tax_registration_id": other}


def business_initial(organization: Organization, country: str, email: str) -> dict[str, Any]:
    """What is known of it already; the rest follows from the country, if that is all there is."""
    values = {name: getattr(organization, name) for name in _PLAIN}
    values["legal_name"] = organization.legal_name or organization.name
    values["email"] = organization.email or email
    values["tax_number"] = organization.vat_id or organization.tax_registration_id
    if organization.country:
        return values
    return {**values, "country": country, **_told(facts_of(country), values)}


def of_country(values: dict[str, Any]) -> dict[str, Any]:
    """The same values as the country that was just chosen would have them."""
    facts = facts_of(str(values.get("country", "")))
    given = {name: getattr(facts, name) for name in _UNTOLD}
    return {**values, **{name: value for name, value in given.items() if value}}


def _told(facts: CountryFacts, values: dict[str, Any]) -> dict[str, str]:
    """What nobody has chosen yet."""
    return {
        name: getattr(facts, name) or untold
        for name, untold in _UNTOLD.items()
        if values[name] == untold
    }


class TaxesForm(StaffForm):
    """The usual rates of the country to tick, and one of one's own."""

    rates = forms.MultipleChoiceField(
        label="Usual in your country", required=False, widget=forms.CheckboxSelectMultiple
    )
    own_name = forms.CharField(
        label="Another tax", required=False, max_length=100, help_text="Printed: VAT 19 %, GST, …"
    )
    own_rate = LocalDecimalField(label="Its rate in percent", required=False)

    def __init__(self, *args: Any, rates: list[Rate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {rate.key: rate for rate in rates}
        self.fields["rates"].choices = [  # type: ignore[attr-defined]
            (key, _words(rate)) for key, rate in self.known.items()
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("own_name") and data.get("own_rate") is None and not self.errors:
            self.add_error("own_rate", gettext("Say how many percent it is."))
        if data.get("own_rate") is not None and not data.get("own_name"):
            self.add_error("own_name", gettext("Say what it is called."))
        return data

    def profiles(self) -> list[dict[str, Any]]:
        """What create_tax_profile takes, one for each."""
        chosen = [self.known[key] for key in self.cleaned_data["rates"]]
        found: list[dict[str, Any]] = [
            {
                "name": rate.name,
                "rate": rate.percent,
                "type": rate.type,
                "category": rate.category,
                "exemption_reason": rate.reason,
            }
            for rate in chosen
        ]
        if self.cleaned_data["own_name"]:
            rate: Decimal = self.cleaned_data["own_rate"]
            own = {"name": self.cleaned_data["own_name"], "rate": rate}
            found.append({**own, "category": "S" if rate else "Z"})
        return found


def _words(rate: Rate) -> str:
    if rate.category == "AE":
        return gettext("Reverse charge, for businesses in other countries of the EU")
    if rate.category == "E":
        return gettext("No tax, as a small business: “{reason}”").format(reason=rate.reason)
    return rate.name
