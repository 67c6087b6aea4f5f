"""All data of the organization: ask for it, watch it being made, take it away. Owners only."""

from uuid import UUID

from django import forms
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as lazy

from billing.exports.ordering import get_export, list_exports, note_download, order_export
from billing.exports.running import KEEP
from billing.models import Export
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.base import StaffForm
from billing.web.listing import page_of

_SORTS = {"created": "created_at"}
_STEPS = {"pdf": lazy("Documents as PDF"), "files": lazy("Attachments")}


class ExportForm(StaffForm):
    with_pdfs = forms.BooleanField(
        label=lazy("All invoices, credit notes and quotes as PDF"),
        required=False,
        help_text=lazy("A thousand documents take about half a minute."),
    )
    with_attachments = forms.BooleanField(
        label=lazy("All attachments"), required=False, initial=True
    )


@staff_view("settings:write", methods=("GET", "POST"))
def index(request: StaffRequest) -> HttpResponse:
    """Ask for the data; and what was asked for in the last month."""
    rows = list_exports(request.actor)
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        export = order_export(actor=request.actor, at=request.at, **form.values())
        return redirect("billing:export-detail", export.uuid)
    page = page_of(rows.defer("manifest"), request, _SORTS, "-created")
    context = {"form": form, "page": page, "days": KEEP.days}
    return render(request, "app/exports/list.html", context)


@staff_view("settings:write")
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """How far it is; asked again every second while it is under way."""
    export = get_export(request.actor, uuid)
    context = {
        "export": export,
        "step": _STEPS.get(export.step, export.step),
        "tables": _tables(export),
        "ledger": export.manifest.get("ledger"),
        "gone_at": export.finished_at + KEEP if export.finished_at else None,
    }
    template = "app/exports/_progress.html" if request.htmx else "app/exports/detail.html"
    return render(request, template, context)


@staff_view("settings:write")
def file(request: StaffRequest, uuid: UUID) -> HttpResponseBase:
    """The file, for owners only; who takes it is put on record."""
    export = note_download(actor=request.actor, at=request.at, export_id=uuid)
    response = FileResponse(
        default_storage.open(export.storage_name, "rb"),
        content_type="application/zip",
        as_attachment=True,
        filename=export.file_name,
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _tables(export: Export) -> list[tuple[str, int]]:
    """The tables that have rows, by name."""
    tables = export.manifest.get("tables", {})
    return [(name, about["rows"]) for name, about in tables.items() if about["rows"]]
