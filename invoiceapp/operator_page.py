"""The figures of /metrics in words, for operators who look at them themselves."""

import datetime
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from invoiceapp import figures
from invoiceapp.health import HEARTBEAT_SECONDS

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def show_figures(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """The page; superusers only."""
    if not request.user.is_superuser:
        raise PermissionDenied
    at = timezone.now()
    context = {**site.each_context(request), "title": "How the installation fares", **_told(at)}
    return TemplateResponse(request, "admin/figures.html", context)


def spoken(seconds: float) -> str:
    """A length of time in its largest unit: 61 seconds are `1 minute`."""
    size, unit = next((one for one in _UNITS if seconds >= one[0]), _UNITS[-1])
    number = int(seconds // size)
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _told(at: datetime.datetime) -> dict[str, Any]:
    outcomes = (
        ("Webhook attempts", figures.webhook_outcomes(at)),
        ("Recipients of mail", figures.mail_outcomes(at)),
        ("Deliveries of shops", figures.shop_outcomes(at)),
    )
    return {
        "at": at,
        "backlogs": [
            {
                "words": one.words,
                "waiting": one.waiting,
                "due": one.due,
                "lateness": spoken(one.late_seconds),
            }
            for one in figures.backlogs(at)
        ],
        "parked": figures.parked_events(),
        "outcomes": [
            (what, ", ".join(f"{count} {name}" for name, count in found.items() if count) or "none")
            for what, found in outcomes
        ],
        "scheduler": figures.leading_scheduler(at),
        "workers": [
            (name, spoken(age), age <= HEARTBEAT_SECONDS)
            for name, age in figures.heartbeat_ages(at).items()
        ],
    }
