"""The inbox: supplier invoices that came in, looked through and written into the books."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.queries.lookup import find
from billing.web import wording
from billing.web.access import StaffRequest, staff_view
from billing.web.listing import amount_is, chosen_tab, page_of, search_text
from core.errors import DomainError
from integrations.collectors import inbox, own, receiving, suppliers
from integrations.collectors.base import MOST_BYTES
from integrations.collectors.parsing import wire
from integrations.collectors.parsing.sandbox import read_document
from integrations.models import SupplierInvoice
from integrations.web.inbox_forms import DraftForm, RejectForm, kind_word
from integrations.web.inbox_words import PROBLEMS, SURE, SYNTAXES, sentence

Status = SupplierInvoice.Status
SORTS = {"received": "created_at"}
TABS = (
    ("", "To do"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("all", "All"),
)
MOST_FILES = 20
_ENDINGS = {
    "application/pdf": "pdf",
    "application/xml": "xml",
    "image/png": "png",
    "image/jpeg": "jpg",
}
# What a browser shows without running anything; XML is only given to keep.
_SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg"})
_UNSHOWN = frozenset({"picture_too_large", "picture_broken", "not_pdf"})
# Whatever is in the document: no script, no form, no request, no access to our pages.
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@staff_view(receiving.READ)
def index(request: StaffRequest) -> HttpResponse:
    tab, text = chosen_tab(request, TABS), search_text(request)
    rows = SupplierInvoice.objects.of(request.actor.organization_id)
    if tab != "all":
        rows = rows.filter(status=tab or Status.OPEN)
    if text:
        words = Q(supplier_name__icontains=text) | Q(number__icontains=text)
        rows = rows.filter(words | Q(file_name__icontains=text) | amount_is("total", text))
    page = page_of(rows.defer("figures"), request, SORTS, "-received")
    context = {
        "page": page,
        "q": text,
        "tabs": TABS,
        "status": tab,
        "is_filtered": bool(text or tab),
        "stopped": own.count_stopped(request.actor.organization_id),
        "most_files": MOST_FILES,
        "most_megabytes": MOST_BYTES // 1_048_576,
    }
    return render(request, "app/inbox/list.html", context)


@staff_view(receiving.WRITE, methods=("POST",))
def upload(request: StaffRequest) -> HttpResponse:
    """Files that somebody brings: each is read and laid into the inbox by itself."""
    files = request.FILES.getlist("files")
    if not files:
        messages.error(request, _("Choose a file."))
    if len(files) > MOST_FILES:
        messages.error(request, _("Bring at most %(count)s files at once.") % {"count": MOST_FILES})
        return redirect("integrations:inbox")
    kept = [row for row in (_kept(request, file) for file in files) if row is not None]
    if kept:
        told = ngettext(
            "%(count)s document is in the inbox.",
            "%(count)s documents are in the inbox.",
            len(kept),
        )
        messages.success(request, told % {"count": len(kept)})
    if len(kept) == 1 == len(files):
        return redirect("integrations:inbox-detail", kept[0].uuid)
    return redirect("integrations:inbox")


@staff_view(receiving.READ, methods=("GET", "POST"))
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """What was read, and the draft. Posting saves it, or approves it with ?approve."""
    if request.method == "POST":
        request.actor.require(receiving.WRITE)
    row = _get(request, uuid)
    may_write = request.actor.may(receiving.WRITE) and row.status == Status.OPEN
    form = DraftForm(
        request.POST if request.method == "POST" else None,
        row=row,
        currency=request.organization.currency,
        locale=request.display_locale,
    )
    if request.method == "POST" and form.is_valid():
        saved: SupplierInvoice | None = form.run(lambda: _save(request, row, form))
        if saved is not None:
            return redirect("integrations:inbox-detail", uuid)
    read = wire.invoice_loaded(row.figures) if row.figures else None
    findings = [*(read.findings if read else ()), *suppliers.notes(row)]
    context: dict[str, Any] = {
        "row": row,
        "form": form,
        "reject_form": RejectForm(),
        "may_write": may_write,
        "read": read,
        "syntax": SYNTAXES.get(read.syntax, "") if read else "",
        "problem": PROBLEMS.get(row.problem, row.problem),
        "findings": [sentence(one) for one in findings] if row.status == Status.OPEN else [],
        "sure": SURE.get(min((str(one) for one in read.confidence.values()), default=""), "")
        if read
        else "",
        "shows_picture": row.media_type.startswith("image/") and row.problem not in _UNSHOWN,
        "shows_pdf": row.media_type == "application/pdf" and row.problem not in _UNSHOWN,
        "kind": kind_word(row),
    }
    status = 422 if form.is_bound else 200
    return render(request, "app/inbox/detail.html", context, status=status)


@staff_view(receiving.WRITE, methods=("POST",))
def reject(request: StaffRequest, uuid: UUID) -> HttpResponse:
    form = RejectForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    inbox.reject(actor=request.actor, at=request.at, invoice_id=uuid, reason=reason)
    messages.success(request, _("Rejected. Nothing was booked."))
    return redirect("integrations:inbox")


@staff_view(receiving.WRITE, methods=("POST",))
def reopen(request: StaffRequest, uuid: UUID) -> HttpResponse:
    inbox.reopen(actor=request.actor, at=request.at, invoice_id=uuid)
    return redirect("integrations:inbox-detail", uuid)


@staff_view(receiving.READ)
def document(request: StaffRequest, uuid: UUID) -> HttpResponseBase:
    """The document as it came, without any right; ?download saves it instead of showing it."""
    row = _get(request, uuid)
    response = StreamingHttpResponse(inbox.document(row), content_type=row.media_type)
    is_shown = row.media_type in _SHOWN and row.problem not in _UNSHOWN
    kind = "inline" if is_shown and "download" not in request.GET else "attachment"
    name = f"supplier-invoice-{row.uuid}.{_ENDINGS.get(row.media_type, 'bin')}"
    response["Content-Disposition"] = f'{kind}; filename="{name}"'
    response["Content-Length"] = str(row.size)
    response["Content-Security-Policy"] = _SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _kept(request: StaffRequest, file: UploadedFile) -> SupplierInvoice | None:
    name = receiving.shown_name(file.name or "")
    try:
        if (file.size or 0) > MOST_BYTES:
            raise receiving.DocumentRefused(limit=f"{MOST_BYTES:,}")
        content = receiving.checked(file.read())
        return receiving.upload(
            actor=request.actor,
            at=request.at,
            file_name=name,
            content=content,
            reading=read_document(content),
        )
    except DomainError as error:
        messages.error(request, f"{name}: {error}")
        return None


def _save(request: StaffRequest, row: SupplierInvoice, form: DraftForm) -> SupplierInvoice:
    actor, at = request.actor, request.at
    saved = inbox.correct(actor=actor, at=at, invoice_id=row.pk, **form.draft())
    if "approve" not in request.POST:
        messages.success(request, _("Saved."))
        return saved
    booked = inbox.approve(actor=actor, at=at, invoice_id=row.pk, **form.booking())
    amount = wording.money(booked.total or 0, booked.currency, request.display_locale)
    messages.success(request, _("%(amount)s is in the books.") % {"amount": amount})
    return booked


def _get(request: StaffRequest, uuid: UUID) -> SupplierInvoice:
    rows = SupplierInvoice.objects.of(request.actor.organization_id)
    rows = rows.select_related("collected__credential", "transaction", "category")
    return find(rows.defer("collected__sealed_document"), uuid, "supplier invoice")
