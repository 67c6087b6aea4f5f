"""When an invoice recurs, and the reminder policy."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.models import RecurringInvoice
from billing.operations.recurring_patterns import SCHEDULE
from billing.queries.reminders import Policy
from billing.web.forms.base import DayField, LocalDecimalField, StaffForm
from core.money import from_minor

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ROLLS = [
    ("none", "stays"),
    ("forward", "moves to the next working day"),
    ("back", "moves to the working day before"),
]


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class ScheduleForm(StaffForm):
    """The dates and what happens on them. Empty numbers and dates mean no limit."""

    params = {"payment_terms_days": "payment_terms_days", "line_items": "name"}

    name = forms.CharField(
        label="Name", required=False, max_length=200, help_text="For your own lists."
    )
    frequency = forms.ChoiceField(
        label="How often",
        choices=[
            *((v, label) for v, label in RecurringInvoice.Frequency.choices if v != "custom"),
            ("custom", "Every so many days, weeks, months or years"),
        ],
    )
    interval_count = forms.IntegerField(label="Every", required=False, min_value=1, max_value=1000)
    interval_unit = forms.ChoiceField(
        label="Unit",
        required=False,
        choices=[("", "—"), *((v, f"{v}s") for v in RecurringInvoice.Unit.values)],
    )
    start_date = DayField(label="From")
    end_date = DayField(label="Until", required=False)
    occurrences = forms.IntegerField(
        label="Number of invoices", required=False, min_value=1, max_value=10_000
    )
    month_rule = forms.ChoiceField(
        label="Day of the month",
        choices=[
            ("day", "the same day; the last of a shorter month"),
            ("last_day", "the last day"),
            ("last_weekday", "the last Monday to Friday"),
            ("nth_weekday", "a certain weekday"),
        ],
    )
    week_of_month = forms.TypedChoiceField(
        label="Which",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", "—"),
            ("1", "first"),
            ("2", "second"),
            ("3", "third"),
            ("4", "fourth"),
            ("-1", "last"),
        ],
    )
    weekday = forms.TypedChoiceField(
        label="Weekday",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "—"), *((str(n), day) for n, day in enumerate(_WEEKDAYS))],
    )
    run_time = forms.TimeField(label="At", widget=TimeInput, help_text="Your local time.")
    issue_roll = forms.ChoiceField(label="A date on a weekend", choices=_ROLLS)
    due_roll = forms.ChoiceField(label="A due date on a weekend", choices=_ROLLS)
    action = forms.ChoiceField(
        label="Each invoice is",
        choices=[("draft", "drafted"), ("issue", "issued"), ("send", "issued and sent")],
    )
    billing = forms.ChoiceField(
        label="It bills",
        choices=[
            ("in_advance", "the period that begins"),
            ("in_arrears", "the period that has passed"),
            ("none", "no period"),
        ],
    )
    payment_terms_days = forms.IntegerField(
        label="Days to pay",
        required=False,
        min_value=0,
        max_value=3650,
        help_text="Empty: the customer's terms.",
    )
    notes = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="{period}, {month} and {year} stand for the billed period.",
    )

    def for_operation(self, names: list[str] | None = None) -> dict[str, Any]:
        """What the operation is given: all fields, or those named with what goes with them."""
        values = self.values()
        if values["frequency"] != "custom":
            values["interval_unit"] = values["interval_count"] = None
        if values["month_rule"] != "nth_weekday":
            values["week_of_month"] = values["weekday"] = None
        if names is None:
            return values
        wanted = set(names)
        if wanted & SCHEDULE:
            wanted |= SCHEDULE & values.keys()
        return {name: value for name, value in values.items() if name in wanted}


def schedule_initial(recurring: RecurringInvoice) -> dict[str, Any]:
    """The form filled with what is agreed."""
    return {name: getattr(recurring, name) for name in ScheduleForm.base_fields}


class PolicyForm(StaffForm):
    """Whether reminders go out, when, and to whom not."""

    is_enabled = forms.BooleanField(label="Send reminders", required=False)
    send_time = forms.TimeField(label="At", widget=TimeInput, help_text="Your local time.")
    minimum_due = LocalDecimalField(
        label="Leave alone who owes less than",
        required=False,
        help_text="What is still due, in the currency of your books.",
    )
    attach_pdf = forms.BooleanField(label="Attach the invoice", required=False)
    business_days_only = forms.BooleanField(
        label="On business days only",
        required=False,
        help_text="Not on weekends and your country's holidays.",
    )
    quiet_from = forms.TimeField(label="Quiet from", required=False, widget=TimeInput)
    quiet_until = forms.TimeField(label="Quiet until", required=False, widget=TimeInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if (data.get("quiet_from") is None) != (data.get("quiet_until") is None):
            self.add_error("quiet_until", gettext("Quiet hours have both ends or none."))
        return data

    def for_operation(self) -> dict[str, Any]:
        values = self.values()
        start, end = values.pop("quiet_from"), values.pop("quiet_until")
        return {**values, "quiet_hours": (start, end) if start is not None else None}


class CustomerPolicyForm(PolicyForm):
    """The same for one customer, who may want it in another language or at another address."""

    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[
            ("", _("As the invoice")),
            ("en", "English"),
            ("fr", "Fran\u00e7ais"),
            ("de", "Deutsch"),
            ("es", "Espa\u00f1ol"),
        ],
    )
    recipient = forms.CharField(
        label=_("Send reminders to"),
        required=False,
        max_length=254,
        help_text=_("Empty: whoever gets the invoices."),
    )


class StepForm(StaffForm):
    """One reminder of the policy; without a day it is no step."""

    days = forms.IntegerField(
        label="Days after the due date", required=False, min_value=-90, max_value=365
    )
    is_active = forms.BooleanField(label="On", required=False)
    subject = forms.CharField(required=False, max_length=300)
    body = forms.CharField(
        label="Message", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


def policy_initial(policy: Policy, currency: str) -> dict[str, Any]:
    settings = policy.settings
    return {
        "is_enabled": settings.is_enabled,
        "send_time": settings.send_time or datetime.time.fromisoformat("09:00"),
        "minimum_due": from_minor(settings.minimum_due, currency),
        "attach_pdf": settings.attach_pdf,
        "business_days_only": settings.business_days_only,
        "quiet_from": settings.quiet_from,
        "quiet_until": settings.quiet_until,
        "language": settings.language,
        "recipient": settings.recipient,
    }
