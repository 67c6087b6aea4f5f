"""Many rows at once: choose them in a list, see what will happen to each, and order it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from billing.jobs.actions import Action, UnknownAction, action_of, chosen_action
from billing.jobs.importing import import_of
from billing.jobs.ordering import (
    MOST_ROWS,
    counts_of,
    get_job,
    list_jobs,
    may_see,
    order_job,
    order_undoing,
    preview,
    rows_of,
)
from billing.models import Job, JobItem
from billing.web import catalogue, customers, invoices
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.base import DayField, StaffForm
from billing.web.listing import page_of
from core.ids import random_text
from core.models import as_uuid

_MATCHING: dict[str, Callable[[StaffRequest], QuerySet[Any]]] = {
    "invoices": lambda request: invoices.filtered(request)[0],
    "customers": customers.filtered,
    "products": catalogue.filtered,
}
_READ = {"invoices": "invoices:read", "customers": "customers:read", "products": "products:read"}
_TITLES = {
    "invoices": lazy("Invoices"),
    "customers": lazy("Customers"),
    "products": lazy("Products"),
}
_PAGES = {
    "invoices": "billing:invoice-detail",
    "customers": "billing:customer-detail",
    "products": "billing:product-edit",
}
_SORTS = {"created": "created_at"}


class OptionsForm(StaffForm):
    """What an action asks for once, for all of its rows."""

    day = DayField(label=lazy("Paid on"), required=False)
    reason = forms.CharField(
        label=lazy("Reason"), max_length=500, required=False, help_text=lazy("Kept with each.")
    )
    message = forms.CharField(
        label=lazy("Message"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=lazy("Empty: the standard words."),
    )

    def __init__(self, action: Action, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(action.options):
            del self.fields[name]

    def options(self) -> dict[str, str]:
        """As a job keeps them."""
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in self.cleaned_data.items()
            if value
        }


@staff_view(methods=("GET", "POST"))
def bulk(request: StaffRequest, noun: str) -> HttpResponse:
    """?action= and ?id= of each row, or ?all= and the list's filters: the preview. POST: go."""
    asked = request.POST if request.method == "POST" else request.GET
    if not request.actor.may(_READ[noun]):
        raise PermissionDenied
    try:
        action = chosen_action(noun, asked.get("action", ""))
    except UnknownAction as refusal:
        messages.error(request, str(refusal))
        return redirect(f"billing:{noun}")
    if not all(request.actor.may(scope) for scope in action.scopes):
        raise PermissionDenied
    if request.method == "POST":
        return _order(request, noun, action)
    uuids, has_more = _chosen(request, noun)
    if not uuids:
        messages.error(request, _("Choose at least one row."))
        return redirect(f"billing:{noun}")
    form = OptionsForm(action, locale=request.display_locale, initial={"day": request.today})
    return _preview(request, noun, action, uuids, form, has_more=has_more)


@staff_view()
def index(request: StaffRequest) -> HttpResponse:
    """What was ordered lately."""
    page = page_of(list_jobs(request.actor.organization_id), request, _SORTS, "-created")
    rows = [(job, _label(job)) for job in page.rows if may_see(request.actor, job)]
    return render(request, "app/jobs/list.html", {"page": page, "rows": rows})


@staff_view()
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """How far it is; asked again every second while it is under way."""
    job = _visible(request, uuid)
    counts = counts_of(job)
    total = sum(counts.values()) - counts["left_out"]
    items = job.items.exclude(status=JobItem.Status.WAITING).order_by("position")
    shown = list(items.filter(status=JobItem.Status.FAILED)[:200])
    if job.is_finished:
        rest = items.exclude(status=JobItem.Status.FAILED)[: MOST_ROWS - len(shown)]
        shown += list(rest)
    action = action_of(job.noun, job.action)
    undone_by = Job.objects.of(job.organization_id).filter(undoes=job).first()
    context = {
        "job": job,
        "label": _label(job),
        "noun": _TITLES[job.noun],
        "list_url": reverse(f"billing:{job.noun}"),
        "counts": counts,
        "total": total,
        "turned": counts["done"] + counts["failed"],
        "items": [(item, _href(job, item)) for item in shown],
        "import_uuid": import_of(job),
        "undo_label": action.undo_label if action.undo and not job.undoes_id else "",
        "undone_by": undone_by,
    }
    template = "app/jobs/_progress.html" if request.htmx else "app/jobs/detail.html"
    return render(request, template, context)


@staff_view()
def file(request: StaffRequest, uuid: UUID) -> HttpResponseBase:
    """What a download made."""
    job = _visible(request, uuid)
    if not job.storage_name:
        raise Http404
    response = FileResponse(
        default_storage.open(job.storage_name, "rb"),
        content_type=job.media_type,
        as_attachment=True,
        filename=job.file_name,
    )
    response["Cache-Control"] = "private, no-store"
    return response


@staff_view(methods=("POST",))
def undo(request: StaffRequest, uuid: UUID) -> HttpResponse:
    job = _visible(request, uuid)
    undoing = order_undoing(actor=request.actor, at=request.at, job_id=job.pk)
    return redirect("billing:job", undoing.uuid)


def _order(request: StaffRequest, noun: str, action: Action) -> HttpResponse:
    found = (as_uuid(text) for text in request.POST.get("rows", "").split(",")[:MOST_ROWS])
    uuids = [uuid for uuid in found if uuid]
    form = OptionsForm(action, request.POST, locale=request.display_locale)
    if form.is_valid():
        job = form.run(
            lambda: order_job(
                actor=request.actor,
                at=request.at,
                today=request.today,
                noun=noun,
                action=action.name,
                rows=uuids,
                options=form.options(),
                request_key=request.POST.get("key", "")[:64] or random_text(32),
            )
        )
        if job:
            return redirect("billing:job", job.uuid)
    return _preview(request, noun, action, uuids, form, status=422)


def _chosen(request: StaffRequest, noun: str) -> tuple[list[UUID], bool]:
    """The rows asked for, at most MOST_ROWS, and whether there were more."""
    if request.GET.get("all"):
        rows = _MATCHING[noun](request).order_by("-created_at", "-id")
        uuids = list(rows.values_list("uuid", flat=True)[: MOST_ROWS + 1])
    else:
        uuids = [uuid for uuid in map(as_uuid, request.GET.getlist("id")) if uuid]
    return uuids[:MOST_ROWS], len(uuids) > MOST_ROWS


def _preview(
    request: StaffRequest,
    noun: str,
    action: Action,
    uuids: list[UUID],
    form: OptionsForm,
    *,
    has_more: bool = False,
    status: int = 200,
) -> HttpResponse:
    rows = rows_of(request.actor.organization_id, noun, uuids)
    planned = preview(action, rows, request.today)
    taking_part = [each for each in planned if not each.hindrance]
    context = {
        "action": action,
        "noun": noun,
        "title": _TITLES[noun],
        "list_url": reverse(f"billing:{noun}"),
        "form": form,
        "taking_part": taking_part,
        "left_out": [each for each in planned if each.hindrance],
        "rows": ",".join(str(each.row.uuid) for each in planned),
        "key": random_text(32),
        "has_more": has_more,
        "most": MOST_ROWS,
        "is_final": action.undo is None and action.file is None,
    }
    return render(request, "app/jobs/preview.html", context, status=status)


def _visible(request: StaffRequest, uuid: UUID) -> Job:
    job = get_job(request.actor.organization_id, uuid)
    if not may_see(request.actor, job):
        raise PermissionDenied
    return job


def _href(job: Job, item: JobItem) -> str:
    """The row's page; a row of a file has none before it is made."""
    if action_of(job.noun, job.action).makes_rows and item.status != JobItem.Status.DONE:
        return ""
    return reverse(_PAGES[job.noun], args=[item.subject_uuid])


def _label(job: Job) -> str:
    label = str(action_of(job.noun, job.action).label)
    return _("Undo: {label}").format(label=label) if job.undoes_id else label
