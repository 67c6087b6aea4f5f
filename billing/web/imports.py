"""Importing from a file: upload it, say what its columns mean, see what will happen, do it."""

import csv
import io
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from billing.imports.columns import SCOPES
from billing.imports.examples import example
from billing.imports.trying import BAD
from billing.jobs.importing import (
    bad_rows,
    delete_import,
    get_import,
    keep_file,
    label_of,
    list_imports,
    order_import,
    table_of,
    try_import,
)
from billing.models import Import
from billing.reports.csv import guarded
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.imports import NOUNS, ColumnsForm, UploadForm, usual_style
from billing.web.listing import page_of

_SORTS = {"created": "created_at"}
_TITLES = dict(NOUNS)
# More are in the file of bad rows.
_MOST_SHOWN = 200
_GOOD_SHOWN = 10


@staff_view(methods=("GET", "POST"))
def index(request: StaffRequest) -> HttpResponse:
    """Upload a file; and what was uploaded lately."""
    nouns = [noun for noun, scope in SCOPES.items() if request.actor.may(scope)]
    if not nouns:
        raise PermissionDenied
    form = UploadForm(nouns, initial={"noun": request.GET.get("noun", nouns[0])})
    if request.method == "POST":
        form = UploadForm(nouns, request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            row = form.run(
                lambda: keep_file(
                    actor=request.actor,
                    at=request.at,
                    noun=form.cleaned_data["noun"],
                    file_name=file.name or "",
                    content=file.read(),
                    style=usual_style(request.display_locale, request.organization.country),
                )
            )
            if row:
                return redirect("billing:import-columns", row.uuid)
    page = page_of(list_imports(request.actor), request, _SORTS, "-created")
    context = {
        "form": form,
        "page": page,
        "rows": [(row, _TITLES[row.noun]) for row in page.rows],
        "examples": [(noun, title) for noun, title in NOUNS if noun in nouns],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "app/imports/upload.html", context, status=status)


@staff_view(methods=("GET", "POST"))
def columns(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """What each column means; sent off, the file is tried."""
    row = get_import(request.actor, uuid)
    if row.job is not None:
        return redirect("billing:import-report", row.uuid)
    table = table_of(row)
    is_post = request.method == "POST"
    form = ColumnsForm(row, table, request.POST if is_post else None)
    if is_post and form.is_valid():
        tried = form.run(
            lambda: try_import(
                actor=request.actor,
                at=request.at,
                import_id=row.pk,
                mapping=form.mapping,
                style=form.style,
                existing=form.cleaned_data["existing"],
            )
        )
        if tried:
            return redirect("billing:import-report", row.uuid)
    context = {"row": row, "table": table, "form": form, "title": _TITLES[row.noun]}
    return render(request, "app/imports/columns.html", context, status=422 if is_post else 200)


@staff_view()
def report(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """What would come of it: how much is fine, and each bad row with its reasons."""
    row = get_import(request.actor, uuid)
    if not row.report:
        return redirect("billing:import-columns", row.uuid)
    headings = dict(zip(row.mapping, table_of(row).headings, strict=False))
    objects = row.report["objects"]
    bad = [each for each in objects if each["fate"] == BAD]
    good = [each for each in objects if each["fate"] != BAD]
    context: dict[str, Any] = {
        "row": row,
        "title": _TITLES[row.noun],
        "counts": row.report["counts"],
        "good_count": row.report["counts"]["new"] + row.report["counts"]["changed"],
        "bad": [_shown(row, each, headings) for each in bad[:_MOST_SHOWN]],
        "bad_count": len(bad),
        "has_more": len(bad) > _MOST_SHOWN,
        "good": good[:_GOOD_SHOWN],
        "more_good": max(0, len(good) - _GOOD_SHOWN),
    }
    return render(request, "app/imports/report.html", context)


@staff_view(methods=("POST",))
def run(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Hand the good rows to the workers."""
    job = order_import(
        actor=request.actor,
        at=request.at,
        import_id=uuid,
        all_or_nothing=request.POST.get("how") == "all",
    )
    return redirect("billing:job", job.uuid)


@staff_view(methods=("POST",))
def delete(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Forget the file; what was imported stays."""
    delete_import(actor=request.actor, import_id=uuid)
    messages.success(request, _("The file is deleted."))
    return redirect("billing:imports")


@staff_view()
def bad(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """The bad rows as they came, each with its reason, to mend and upload again."""
    row = get_import(request.actor, uuid)
    stem = row.file_name.rpartition(".")[0] or row.file_name
    return _csv(bad_rows(row), f"{stem[:100]}-bad.csv")


@staff_view()
def example_file(request: StaffRequest, noun: str) -> HttpResponse:
    if noun not in SCOPES:
        raise Http404
    return _csv(example(noun), f"{noun}.csv")


def _shown(row: Import, each: dict[str, Any], headings: dict[str, str]) -> dict[str, Any]:
    problems = [
        (headings.get(name) or label_of(row.noun, name), sentence)
        for name, sentence in each["problems"]
    ]
    return {"rows": each["rows"], "label": each["label"], "problems": problems}


def _csv(lines: Iterable[list[str]], name: str) -> HttpResponse:
    """With the mark by which spreadsheets know UTF-8, and no cell that they would calculate."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerows([guarded(cell) for cell in line] for line in lines)
    response = HttpResponse("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    safe = "".join(char if char.isalnum() or char in "-_. " else "_" for char in name)
    response.headers["Content-Disposition"] = content_disposition_header(True, safe) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
