"""The audit log: who did what and when, and whether the log is as it was written."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.queries.memberships import list_members
from billing.queries.audit import Wanted, in_order, list_events, living_subjects
from billing.reports.csv import guarded
from billing.schedule import end_of_day
from billing.web import timeline
from billing.web.access import StaffRequest, staff_view
from billing.web.conflicts import Line, field_lines
from billing.web.forms.base import DayField, StaffForm
from billing.web.listing import page_of, printable
from core import exactjson
from core.models import Event, as_uuid
from core.seals import Verdict, seal_events, verify_chain

MOST_LINES = 100_000
_SORTS = {"at": "occurred_at"}
_PAGE = 50
# A search reads every event of its span: without days it looks at the last quarter.
_SEARCHED = timedelta(days=92)
_UNSAID = frozenset(("updated_at", "version", "settings_version"))
NOUNS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "invoices": (lazy("Invoices"), ("invoice", "latefee", "dispute", "reminder")),
    "credit-notes": (lazy("Credit notes"), ("creditnote",)),
    "quotes": (lazy("Quotes"), ("quote",)),
    "recurring": (lazy("Recurring"), ("recurringinvoice",)),
    "payments": (lazy("Payments"), ("payment", "refund", "remittance", "paymentlink")),
    "transactions": (lazy("Transactions"), ("transaction",)),
    "customers": (lazy("Customers"), ("customer", "lead", "ticket")),
    "products": (lazy("Products"), ("product", "taxprofile")),
    "mail": (lazy("Mail"), ("message", "emailtemplate")),
    "settings": (lazy("Settings"), ("organization", "bankaccount", "app", "sandbox")),
    "access": (
        lazy("Team and keys"),
        ("membership", "apikey", "application", "oauthapplication", "grant", "webhookendpoint"),
    ),
    "export": (lazy("Export"), ("export",)),
}


class FilterForm(StaffForm):
    who = forms.CharField(
        label=lazy("Who"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "people"}),
    )
    kind = forms.ChoiceField(
        label=lazy("What"),
        required=False,
        choices=[("", lazy("Everything")), *((name, label) for name, (label, _t) in NOUNS.items())],
    )
    since = DayField(label=lazy("From"), required=False)
    until = DayField(label=lazy("Until"), required=False)
    q = forms.CharField(label=lazy("Text"), max_length=200, required=False)


@staff_view("settings:write", methods=("GET", "POST"))
def index(request: StaffRequest) -> HttpResponse:
    """The log; POST looks at the whole chain."""
    verdict = _verified(request) if request.method == "POST" else None
    form, wanted = _wanted(request)
    rows = list_events(request.actor.organization_id, wanted)
    page = page_of(rows, request, _SORTS, "-at", size=_PAGE)
    asked = {k: v for k, v in request.GET.items() if k not in ("after", "before", "sort") and v}
    context = {
        "form": form,
        "page": page,
        "rows": _rows(request, page.rows),
        "people": [each.user.email for each in list_members(_team_of(request))],
        "is_filtered": bool(asked),
        "is_of_one": wanted.subject is not None,
        "query": urlencode(asked),
        "verdict": verdict,
    }
    return render(request, "app/audit/list.html", context)


@staff_view("settings:write")
def export(request: StaffRequest) -> HttpResponseBase:
    """The filtered list as CSV, newest first."""
    _form, wanted = _wanted(request)
    rows = list_events(request.actor.organization_id, wanted)
    lines = _lines(in_order(rows, MOST_LINES), request.display_locale)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{request.today}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _wanted(request: StaffRequest) -> tuple[FilterForm, Wanted]:
    """What the address asks for; a field that makes no sense is as if it were empty."""
    form = FilterForm(request.GET)
    form.is_valid()
    said = form.cleaned_data
    zone = request.organization.timezone
    since, until = _civil(said.get("since")), _civil(said.get("until"))
    text = printable(said.get("q", ""))
    start: datetime | None = end_of_day(since - timedelta(days=1), zone) if since else None
    if text and since is None:
        start = request.at - _SEARCHED
    return form, Wanted(
        who=printable(said.get("who", "")),
        nouns=NOUNS[said["kind"]][1] if said.get("kind") else (),
        subject=as_uuid(request.GET.get("object", "")),
        since=start,
        before=end_of_day(until, zone) if until else None,
        text=text,
    )


def _civil(day: date | None) -> date | None:
    """No day that has none beside it."""
    return day if day and 1900 < day.year < 3000 else None


def _verified(request: StaffRequest) -> Verdict:
    organization_id = request.actor.organization_id
    seal_events(organization_id, at=request.at)
    return verify_chain(organization_id)


def _rows(request: StaffRequest, events: list[Event]) -> list[dict[str, Any]]:
    """Each event as a sentence, with what it changed; a link leads to what is still there."""
    living = living_subjects(request.actor.organization_id, events, timeline.PAGES)
    return [
        {
            "entry": timeline.entry(
                event,
                request.display_locale,
                is_gone=event.subject_type in timeline.PAGES and event.subject_uuid not in living,
            ),
            "lines": _changes(event),
            "kind": event.actor_kind,
            "subject": event.subject_uuid,
            "request_id": event.request_id,
        }
        for event in events
    ]


def _changes(event: Event) -> list[Line]:
    before, after = exactjson.loads(event.previous), exactjson.loads(event.data)
    return field_lines(
        (name, value, after.get(name)) for name, value in before.items() if name not in _UNSAID
    )


def _team_of(request: StaffRequest) -> int:
    """A sandbox has the team of its live organization."""
    return request.organization.sandbox_of_id or request.organization.pk


def _lines(events: Iterator[Event], locale: str) -> Iterator[bytes]:
    yield "\ufeff".encode()
    yield _line(
        [_("When"), _("Who"), _("By way of"), _("Event"), _("What happened"), _("Object"), _("Id")]
        + [_("Before and after"), _("Request")]
    )
    for event in events:
        changes = "; ".join(
            f"{each.name}: {each.before} → {each.after}" for each in _changes(event)
        )
        yield _line(
            [
                exactjson.spell_instant(event.occurred_at),
                event.actor_label,
                event.actor_kind,
                event.type,
                timeline.entry(event, locale).sentence,
                event.subject_type,
                str(event.subject_uuid),
                changes,
                event.request_id,
            ]
        )


def _line(cells: list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([guarded(str(cell)) for cell in cells])
    return line.getvalue().encode()
