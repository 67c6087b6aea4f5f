"""Where the inbox is filled from: mailboxes, folders and portals that the staff connect."""

import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.web.access import StaffRequest, staff_view
from billing.web.language import say, say_sentence
from integrations.collectors import own
from integrations.collectors.base import Source
from integrations.collectors.receiving import READ, WRITE
from integrations.collectors.sources import SOURCES
from integrations.models import CollectorCredential, CollectRun
from integrations.web import source_words as words
from integrations.web.source_forms import CodeForm, ConnectForm, RepairForm

State, Outcome = CollectorCredential.State, CollectRun.Outcome
_RUNS_SHOWN = 10


@staff_view(READ)
def index(request: StaffRequest) -> HttpResponse:
    """The organization's connections, and what can be connected."""
    now = timezone.now()
    rows = [_shown(row, now) for row in own.list_own(request.actor.organization_id)]
    context = {"rows": rows, "sources": [source.description for source in own.connectable()]}
    return render(request, "app/sources/list.html", context)


@staff_view(WRITE, methods=("GET", "POST"))
def connect(request: StaffRequest, source: str) -> HttpResponse:
    """The form of one source. What is connected is collected at once, which is the test of it."""
    found = SOURCES.get(source)
    if found not in own.connectable() or found is None:
        raise Http404
    form = ConnectForm(request.POST if request.method == "POST" else None, source=found)
    if request.method == "POST" and form.is_valid():
        made = form.run(
            lambda: own.connect_own(
                actor=request.actor,
                at=timezone.now(),
                collector=source,
                params=form.params_given(),
                note=form.cleaned_data["note"],
                download_from=form.download_from(request.organization.timezone),
            )
        )
        if made is not None:
            return redirect("integrations:source-detail", made.uuid)
    context = {"form": form, "source": found.description}
    return _page(request, "connect", context, form)


@staff_view(READ, methods=("GET", "POST"))
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """How it goes, what came, and the form that repairs it. htmx asks for the first part."""
    row = own.get_own(request.actor.organization_id, uuid)
    source = SOURCES.get(row.source)
    if request.method == "POST":
        return _repair(request, row, source)
    if request.headers.get("HX-Request") == "true":
        return render(request, "app/sources/_progress.html", _progress(row))
    form = RepairForm(source=source, is_repair=True, initial={"note": row.note}) if source else None
    return _detail(request, row, form)


@staff_view(WRITE, methods=("POST",))
def collect(request: StaffRequest, uuid: UUID) -> HttpResponse:
    own.collect_own(actor=request.actor, at=timezone.now(), identifier=uuid)
    return redirect("integrations:source-detail", uuid)


@staff_view(WRITE, methods=("POST",))
def pause(request: StaffRequest, uuid: UUID) -> HttpResponse:
    own.pause_own(actor=request.actor, at=timezone.now(), identifier=uuid)
    messages.success(request, _("Paused. Nothing is collected until you say so."))
    return redirect("integrations:source-detail", uuid)


@staff_view(WRITE, methods=("POST",))
def code(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """The one-time code that the source asks for."""
    own.get_own(request.actor.organization_id, uuid)
    form = CodeForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data["code"]
        own.answer_own(actor=request.actor, at=timezone.now(), identifier=uuid, code=given)
    else:
        messages.error(request, _("Type in the code."))
    return redirect("integrations:source-detail", uuid)


@staff_view(WRITE, methods=("POST",))
def remove(request: StaffRequest, uuid: UUID) -> HttpResponse:
    own.remove_own(actor=request.actor, at=timezone.now(), identifier=uuid)
    messages.success(request, _("Removed, with its password and what it brought."))
    return redirect("integrations:sources")


def _repair(request: StaffRequest, row: CollectorCredential, source: Source | None) -> HttpResponse:
    if source is None:
        raise Http404
    form = RepairForm(request.POST, source=source, is_repair=True)
    if form.is_valid():
        saved = form.run(
            lambda: own.repair_own(
                actor=request.actor,
                at=timezone.now(),
                identifier=row.uuid,
                params=form.params_given(),
                note=form.cleaned_data["note"],
            )
        )
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect("integrations:source-detail", row.uuid)
    return _detail(request, row, form)


def _detail(
    request: StaffRequest, row: CollectorCredential, form: RepairForm | None
) -> HttpResponse:
    context = {**_progress(row), "row": row, "form": form}
    return _page(request, "detail", context, form)


def _progress(row: CollectorCredential) -> dict[str, Any]:
    """How far it is, and what came of the last visits."""
    runs = CollectRun.objects.of(row.organization_id).filter(credential=row).order_by("-pk")
    outcomes = [
        (run, *words.OUTCOME_LABELS[Outcome(run.outcome)], say_sentence(run.message))
        for run in runs[:_RUNS_SHOWN]
    ]
    return {"shown": _shown(row, timezone.now()), "code_form": CodeForm(), "outcomes": outcomes}


def _page(
    request: StaffRequest, name: str, context: dict[str, Any], form: forms.Form | None
) -> HttpResponse:
    status = 422 if form is not None and form.is_bound else 200
    response = render(request, f"app/sources/{name}.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _shown(row: CollectorCredential, now: datetime.datetime) -> dict[str, Any]:
    """A connection as the pages show it: its name, its badge, how far it is, what it says."""
    source = SOURCES.get(row.source)
    runs = row.locked_until is not None and row.locked_until > now
    begins = row.next_attempt_at is not None and row.next_attempt_at <= now
    found = _look(row, is_under_way=runs or begins)
    look, label = words.LOOK_LABELS[found]
    return {
        "row": row,
        "name": say(source.description.name["en"]) if source else row.source,
        "look": look,
        "label": label,
        "message": say_sentence(row.state_message),
        "is_under_way": runs or begins,
        "wants_code": row.state == State.CODE_WANTED,
        "is_stopped": found == words.STOPPED,
        "is_paused": found == words.PAUSED,
        "step": max(0, row.state) if runs else 0,
        "most": State.DONE.value,
        "step_words": words.STEP_LABELS[State(row.state)],
    }


def _look(row: CollectorCredential, *, is_under_way: bool) -> int:
    if row.state == State.CODE_WANTED:
        return words.CODE
    if is_under_way:
        return words.UNDER_WAY
    if row.state < State.SCHEDULED:
        return words.STOPPED
    if row.next_attempt_at is None:
        return words.PAUSED
    return words.AGAIN if row.state_message else words.FINE
