"""The design system on one page, with every state of every part. Development only."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from billing.web import wording
from billing.web.charts import bar_chart, stacked_bar
from billing.web.dashboard import AGE_LABELS
from billing.web.forms.base import DayField, LocalDecimalField, StaffForm
from billing.web.states import LOOKS
from billing.web.timeline import Entry

COLOURS = [
    "primary",
    "secondary",
    "accent",
    "neutral",
    "base-100",
    "base-200",
    "base-300",
    "base-content",
    "info",
    "success",
    "warning",
    "error",
]


class KitForm(StaffForm):
    text = forms.CharField(help_text="A sentence of help.")
    amount = LocalDecimalField(required=False)
    day = DayField(required=False)
    choice = forms.ChoiceField(choices=[("a", "First"), ("b", "Second")])
    notes = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    tick = forms.BooleanField(label="A tick with its label", required=False, help_text="Help.")
    several = forms.MultipleChoiceField(
        choices=[("a", "One"), ("b", "Two")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def ui_kit(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    wrong = KitForm({"text": "", "amount": "twelve", "choice": "c"})
    wrong.is_valid()
    amounts = [820, 940, 0, 1210, 1105, -180, 1420, 1390, 1610, 1505, 1730, 640]
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    figures = [wording.money(amount * 100, "EUR", "en_IE") for amount in amounts]
    ages = [420_00, 180_00, 60_00, 25_00, 12_50]
    context: dict[str, Any] = {
        "colours": COLOURS,
        "states": sorted(LOOKS),
        "form": KitForm(initial={"amount": Decimal("1200.5")}),
        "wrong": wrong,
        "chart": {
            "shape": bar_chart(amounts, months, figures),
            "rows": list(zip(months, figures, strict=True)),
            "total": wording.money(sum(amounts) * 100, "EUR", "en_IE"),
        },
        "ages": {
            "slices": stacked_bar(ages, list(AGE_LABELS)),
            "rows": list(zip(range(5), AGE_LABELS, ages, strict=True)),
            "total": sum(ages),
            "currency": "EUR",
        },
        "entries": [
            Entry("check", "Invoice INV-2025-001 paid in full", timezone.now(), "system"),
            Entry("send", "Invoice INV-2025-001 accepted", timezone.now(), "alice@acme.test"),
        ],
    }
    return render(request, "app/kit.html", context)
