"""The organization's settings, its keys and its team."""

from decimal import Decimal
from typing import Any

from babel import localedata
from django import forms
from django.utils.translation import gettext

from accounts import timezones
from accounts.models import Organization, Role
from accounts.scopes import SCOPES
from billing.web import wording
from billing.web.forms.base import (
    DayField,
    LocalDecimalField,
    StaffForm,
    country_choices,
    currency_choices,
)
from billing.web.forms.invoices import TEMPLATE_CHOICES
from core.errors import InvalidValue
from core.money import from_minor, to_minor

MOST_LOGO_BYTES = 1_000_000
MOST_LOGO_PIXELS = 4000
_MINOR = {
    "cash_rounding": "cash_rounding_minor",
    "write_off_tolerance": "write_off_tolerance_minor",
}
# The locales people ask for; any other that Babel knows stays possible through the API.
_LOCALES = (
    "en_US en_GB en_CA en_AU en_IE de_DE de_AT de_CH fr_FR fr_BE fr_CH fr_CA es_ES es_MX it_IT"
    " nl_NL nl_BE pt_PT pt_BR pl_PL cs_CZ sv_SE da_DK nb_NO fi_FI el_GR he_IL ar_AE ja_JP"
)


class SettingsForm(StaffForm):
    """Some of the organization's settings; each page has its own."""

    def fields_for_operation(self) -> dict[str, Any]:
        """What update_organization takes."""
        return self.values()


class OrganizationForm(SettingsForm):
    """Who bills, and from where."""

    name = forms.CharField(max_length=200)
    legal_name = forms.CharField(required=False, max_length=200)
    trading_name = forms.CharField(required=False, max_length=200)
    vat_id = forms.CharField(label="VAT id", required=False, max_length=40)
    tax_registration_id = forms.CharField(required=False, max_length=40)
    legal_registration_id = forms.CharField(
        label="Company register number", required=False, max_length=60
    )
    address_line1 = forms.CharField(label="Address", required=False, max_length=200)
    address_line2 = forms.CharField(label="Address, second line", required=False, max_length=200)
    postal_code = forms.CharField(required=False, max_length=20)
    city = forms.CharField(required=False, max_length=100)
    subdivision = forms.CharField(label="State or province", required=False, max_length=100)
    country = forms.ChoiceField(required=False)
    email = forms.CharField(
        label="E-mail",
        required=False,
        widget=forms.EmailInput,
        help_text="Where customers' answers go.",
    )
    phone = forms.CharField(required=False, max_length=40)
    website = forms.CharField(required=False, max_length=200, widget=forms.URLInput)
    currency = forms.ChoiceField()
    timezone = forms.ChoiceField(label="Time zone")
    locale = forms.ChoiceField(label="Numbers and dates as in")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place_choices(self, self.initial.get("locale", ""))


class LookForm(SettingsForm):
    """How what is sent looks."""

    logo = forms.ImageField(
        required=False, widget=forms.FileInput, help_text="PNG or JPEG, up to 1 MB."
    )
    remove_logo = forms.BooleanField(label="Without a logo", required=False)
    accent_color = forms.CharField(
        label="Accent colour", widget=forms.TextInput(attrs={"type": "color"})
    )
    template = forms.ChoiceField(label="Layout", choices=TEMPLATE_CHOICES)
    legal_text = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Printed at the foot of each document.",
    )

    def clean_logo(self) -> Any:
        logo = self.cleaned_data["logo"]
        if logo and hasattr(logo, "image"):
            if logo.size > MOST_LOGO_BYTES:
                raise forms.ValidationError(gettext("This is more than 1 MB."))
            if max(logo.image.size) > MOST_LOGO_PIXELS:
                raise forms.ValidationError(f"At most {MOST_LOGO_PIXELS} pixels each way.")
            if logo.image.format not in ("PNG", "JPEG"):
                raise forms.ValidationError(gettext("This is neither PNG nor JPEG."))
            logo.name = f"logo.{logo.image.format.lower()}"
        return logo

    def fields_for_operation(self) -> dict[str, Any]:
        values = self.values()
        logo, is_removed = values.pop("logo"), values.pop("remove_logo")
        if logo and hasattr(logo, "image"):
            values["logo"] = logo
        elif is_removed:
            values["logo"] = ""
        return values


class TermsForm(SettingsForm):
    """When customers pay, and how sums come about."""

    params = {minor: name for name, minor in _MINOR.items()} | {
        "payment_terms_rule": "payment_terms"
    }

    payment_terms_days = forms.IntegerField(
        label="Payment terms in days", min_value=0, max_value=3650
    )
    payment_terms = forms.CharField(
        label="Other terms",
        required=False,
        max_length=60,
        help_text="Such as 2/10 net 30, net 45 eom, eom + 45 or 15th of next month.",
    )
    default_notes = forms.CharField(
        label="Notes on new documents", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    default_terms = forms.CharField(
        label="Terms on new documents", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    copy_mail_to_self = forms.BooleanField(label="Copy of every mail to us", required=False)
    rounding = forms.ChoiceField(
        label="Tax is rounded",
        choices=[
            ("group", "once per rate"),
            ("line", "on every line"),
            ("keep_gross", "so that gross prices stay"),
        ],
    )
    prices_include_tax = forms.BooleanField(label="Prices include tax", required=False)
    cash_rounding = LocalDecimalField(
        label="Smallest coin", required=False, help_text="Such as 0.05 for CHF; empty is off."
    )
    write_off_tolerance = LocalDecimalField(
        label="Close differences up to",
        required=False,
        help_text="A payment that misses the total by no more closes the invoice.",
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def fields_for_operation(self) -> dict[str, Any]:
        """Raises InvalidValue for an impossible amount."""
        values = self.values()
        for name, minor in _MINOR.items():
            amount = values.pop(name) or Decimal(0)
            try:
                values[minor] = to_minor(amount, self.currency)
            except ValueError as error:
                raise InvalidValue(f"{error}.", param=minor) from None
        return values


class NumberingForm(SettingsForm):
    """What holds for the numbers of all documents."""

    number_assignment = forms.ChoiceField(
        label="An invoice gets its number",
        choices=[("on_create", "when it is drafted"), ("on_issue", "when it is issued")],
    )
    date_order = forms.ChoiceField(
        label="An invoice dated before its predecessor",
        choices=[("warn", "is issued with a warning"), ("refuse", "is refused")],
    )


class SeriesForm(StaffForm):
    """The numbers of one kind of document."""

    pattern = forms.CharField(
        max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    reset = forms.ChoiceField(
        label="Starts again",
        choices=[("never", "never"), ("year", "every year"), ("month", "every month")],
    )
    next_number = forms.IntegerField(
        label="Next number", widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )


# Which of the APIs a key opens, in the order of their audiences.
_APIS = [
    ("enterprise", "/v1: the whole product"),
    ("wallet", "/api/v0: applications with wallets (a key and a secret)"),
    ("backoffice", "/api/v2: back office"),
    ("directory", "/api/integrations: people and organizations"),
    ("collector", "/api/v1: supplier invoices"),
]


class ApiKeyForm(StaffForm):
    name = forms.CharField(
        max_length=100,
        help_text="Which program uses it. Key pairs of one name bill as one application.",
    )
    dialect = forms.ChoiceField(label="API", choices=_APIS, initial="enterprise", required=False)
    scopes = forms.MultipleChoiceField(
        choices=[(scope, f"{words} ({scope})") for scope, words in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = DayField(label="Ends on", required=False, help_text="Empty: never.")


class InviteForm(StaffForm):
    email = forms.CharField(label="E-mail", widget=forms.EmailInput)
    name = forms.CharField(required=False, max_length=200)
    role = forms.ChoiceField(
        choices=[(value, label) for value, label in Role.choices if value != Role.CUSTOMER],
        initial=Role.VIEWER,
    )


def settings_initial(form: type[SettingsForm], organization: Organization) -> dict[str, Any]:
    """The form's values for the organization as it is."""
    names = [name for name in form.base_fields if name not in (*_MINOR, "remove_logo")]
    values = {name: getattr(organization, name) for name in names}
    for name, minor in _MINOR.items():
        amount = getattr(organization, minor)
        values[name] = from_minor(amount, organization.currency) if amount else None
    return values


def place_choices(form: StaffForm, locale: str) -> None:
    """Offer every country, currency, time zone and locale; `locale` even if it is a rare one."""
    choices = {
        "country": country_choices(form.reader_locale),
        "currency": currency_choices(form.reader_locale),
        "timezone": [(name, name) for name in timezones.names()],
        "locale": _locale_choices(locale),
    }
    for name, values in choices.items():
        form.fields[name].choices = values  # type: ignore[attr-defined]


def _locale_choices(current: str) -> list[tuple[str, str]]:
    names = [name for name in {*_LOCALES.split(), current} if name and localedata.exists(name)]
    labels = [(name, wording.known(name).get_display_name("en") or name) for name in names]
    return sorted(labels, key=lambda pair: pair[1])
