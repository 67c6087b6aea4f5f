"""What a report is asked with on its page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from billing.queries.ageing import read_periods
from billing.queries.spans import Span
from billing.reports.cash_flow import GROUPS
from billing.reports.periods import span_of
from billing.web.forms.base import DayField, StaffForm
from billing.web.language import refusal
from core.errors import DomainError, InvalidValue


class PeriodsField(forms.CharField):
    """Days at which the buckets end: 30, 60, 90."""

    def to_python(self, value: Any) -> Any:
        words = str(value or "").replace(",", " ").split()
        if not words or not all(word.isascii() and word.isdigit() for word in words):
            raise ValidationError(gettext("Write days, such as 30, 60, 90."), code="invalid")
        try:
            return read_periods([int(word[:9]) for word in words])
        except InvalidValue as error:
            raise ValidationError(refusal(error), code="invalid") from None


class AgeingForm(StaffForm):
    as_of = DayField(label="As of")
    periods = PeriodsField(label="Days overdue", max_length=60)
    credits = forms.BooleanField(label="Show unapplied credits", required=False)


class DayForm(StaffForm):
    as_of = DayField(label="As of")


class SpanForm(StaffForm):
    """Two days, both included."""

    params = {"start_date": "start", "end_date": "end"}

    start = DayField(label="From")
    end = DayField(label="To")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "start" in cleaned and "end" in cleaned:
            try:
                self.span: Span = span_of(cleaned["start"], cleaned["end"], cleaned["end"])
            except DomainError as error:
                self.refuse(error)
        return cleaned


class CashFlowForm(SpanForm):
    group_by = forms.ChoiceField(label="By", choices=[(word, word.capitalize()) for word in GROUPS])
