"""How documents are numbered: a pattern for each kind, and the number that comes next."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.operations.organizations import update_organization
from billing.models import NumberSeries
from billing.numbering import DEFAULT_SERIES, new_series
from billing.operations.number_series import (
    next_number_of,
    next_spelled,
    preview_number_series,
    update_number_series,
)
from billing.web.access import StaffRequest, staff_view
from billing.web.conflicts import version_given
from billing.web.forms.base import are_valid
from billing.web.forms.settings import NumberingForm, SeriesForm, settings_initial
from billing.web.language import refusal, say
from billing.web.settings_saving import posted, shown
from core.errors import DomainError

DOCUMENT_LABELS = {
    "invoice": "Invoices",
    "quote": "Quotes",
    "credit_note": "Credit notes",
    "payment": "Payments",
    "refund": "Refunds",
}


@dataclass(slots=True)
class Row:
    """One kind of document: its series, its form and the number that comes next."""

    document: str
    label: str
    series: NumberSeries
    form: SeriesForm
    coming: str
    trouble: str = ""


@staff_view("settings:write", methods=("GET", "POST"))
def numbering(request: StaffRequest) -> HttpResponse:
    form = NumberingForm(
        posted(request),
        initial=settings_initial(NumberingForm, request.organization),
        locale=request.display_locale,
    )
    rows = _rows(request)
    if request.POST.get("intent") == "preview":
        for row in rows:
            _foresee(request, row)
        status = 200
    else:
        is_right = form.is_bound and are_valid([form, *(row.form for row in rows)])
        if is_right and _save(request, form, rows):
            return redirect("billing:numbering")
        status = 422 if form.is_bound else 200
    others = NumberSeries.objects.of(request.organization.pk).exclude(name=DEFAULT_SERIES)
    response = shown(
        request,
        form,
        "app/settings/numbering.html",
        rows=rows,
        others=[
            (series, next_spelled(series, request.today))
            for series in others.order_by("document", "name")[:100]
        ],
    )
    response.status_code = status
    return response


@staff_view("settings:write", methods=("POST",))
def preview(request: StaffRequest) -> HttpResponse:
    """The next number of the kind whose field is being changed."""
    chosen = request.POST.get("of", "")
    for row in _rows(request):
        if row.document == chosen:
            _foresee(request, row)
            return render(request, "app/settings/_next_number.html", {"row": row})
    return HttpResponse(status=204)


def _rows(request: StaffRequest) -> list[Row]:
    found = {
        series.document: series
        for series in NumberSeries.objects.of(request.organization.pk).filter(name=DEFAULT_SERIES)
    }
    rows = []
    for document in DOCUMENT_LABELS:
        series = found.get(document) or new_series(
            organization_id=request.organization.pk, document=document, at=request.at
        )
        form = SeriesForm(
            posted(request),
            prefix=document,
            locale=request.display_locale,
            initial={
                "pattern": series.pattern,
                "reset": series.reset,
                "next_number": _next(series, request),
            },
        )
        coming = next_spelled(series, request.today)
        label = say(DOCUMENT_LABELS[document])
        rows.append(Row(document, label, series, form, coming))
    return rows


def _next(series: NumberSeries, request: StaffRequest) -> int:
    return next_number_of(series, request.today)


def _foresee(request: StaffRequest, row: Row) -> None:
    """What saving would make of the next number, or why it would be refused."""
    if not row.form.is_valid():
        said = (str(each) for errors in row.form.errors.values() for each in errors)
        row.coming, row.trouble = "", " ".join(said)
        return
    try:
        row.coming = preview_number_series(
            actor=request.actor,
            at=request.at,
            on=request.today,
            document=row.document,
            **_changes(request, row),
        )
    except DomainError as error:
        row.coming, row.trouble = "", refusal(error)


def _changes(request: StaffRequest, row: Row) -> dict[str, object]:
    """Only what differs: an untouched next number may be taken meanwhile."""
    given = row.form.cleaned_data
    now = {"pattern": row.series.pattern, "reset": row.series.reset}
    changes: dict[str, object] = {
        name: given[name] for name, value in now.items() if given[name] != value
    }
    if "next_number" in row.form.changed_data:
        changes["next_number"] = given["next_number"]
    return changes


def _save(request: StaffRequest, form: NumberingForm, rows: list[Row]) -> bool:
    """All of the page or nothing."""
    with transaction.atomic():
        # A sandbox has series of its own, and everything else from its live organization.
        is_saved = not request.actor.livemode or _save_head(request, form)
        # Every row is tried, so that all refusals show at once.
        answers = [_save_row(request, row) for row in rows]
        if not is_saved or not all(answers):
            transaction.set_rollback(True)
            return False
    messages.success(request, gettext("Saved. Numbers that were given out stay as they are."))
    return True


def _save_head(request: StaffRequest, form: NumberingForm) -> bool:
    done = form.run(
        lambda: update_organization(
            actor=request.actor,
            at=request.at,
            expected_sequence=version_given(request),
            **form.fields_for_operation(),
        )
    )
    return done is not None


def _save_row(request: StaffRequest, row: Row) -> bool:
    changes = _changes(request, row)
    if not changes:
        return True
    try:
        with transaction.atomic():
            row.series = update_number_series(
                actor=request.actor,
                at=request.at,
                on=request.today,
                document=row.document,
                **changes,  # type: ignore[arg-type]
            )
    except DomainError as error:
        row.form.refuse(error)
        return False
    return True
