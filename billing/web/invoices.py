"""Finding invoices, and one invoice with everything that is known about it."""

from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from billing.documents import invoice_pdf, pdf_file_name
from billing.models import Invoice, LateFee
from billing.models.invoices import InvoiceQuerySet
from billing.operations.payables import payable_minor
from billing.queries import invoices as queries
from billing.queries.dashboard import SOON
from billing.queries.disputes import disputes_of
from billing.queries.late_fees import late_fee_of, list_late_fees
from billing.queries.payments import list_payments_of_invoice
from billing.queries.searchables import INVOICES
from billing.queries.settlement import list_allocations
from billing.totals import explain
from billing.web import timeline
from billing.web.access import StaffRequest, staff_view
from billing.web.listing import page_of, search_text, searched
from billing.web.origins import origin_label

TABS = (
    ("", "All"),
    ("draft", "Drafts"),
    ("open", "Open"),
    ("overdue", "Overdue"),
    ("paid", "Paid"),
    ("void", "Void"),
)
# Reached from the dashboard and by hand, not as tabs of their own.
MORE_FILTERS = {
    "due_soon": "Due within seven days",
    "sent": "Issued, not opened yet",
    "viewed": "Opened by the customer",
    "partially_paid": "Partly paid",
    "uncollectible": "Uncollectible",
}
SORTS = {
    "created": "created_at",
    "issued": "issue_date",
    "due": "due_date",
    "total": "total",
    "customer": "customer__name",
}

# Wide columns that no list shows.
HEAVY = ("calculation", "seller", "buyer", "charges", "notes", "terms", "footer", "metadata")


@staff_view("invoices:read")
def index(request: StaffRequest) -> HttpResponse:
    """The list: ?status=, ?q= (words, or an amount), ?sort=, keyset pages."""
    rows, word, text = filtered(request)
    if request.GET.get("sort", "").lstrip("-") == "customer":
        # The customer is our own anyway; saying so finds the index of names.
        rows = rows.filter(customer__organization=request.actor.organization_id)
    page = page_of(rows.defer(*HEAVY), request, SORTS, "-created")
    context = {
        "page": page,
        "rows": [(invoice, shown_status(invoice, request)) for invoice in page.rows],
        "tabs": TABS,
        "status": word,
        "status_label": MORE_FILTERS.get(word, ""),
        "q": text,
        "is_filtered": bool(word or text),
    }
    return render(request, "app/invoices/list.html", context)


@staff_view("invoices:read")
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    invoice = queries.get_invoice(request.actor.organization_id, uuid)
    organization_id = request.actor.organization_id
    late_fee = late_fee_of(invoice)
    payments = list_payments_of_invoice(organization_id, invoice.pk)
    context = {
        "invoice": invoice,
        "status": shown_status(invoice, request),
        "days_overdue": invoice.days_overdue(request.today),
        "payments": list(payments.prefetch_related("refunds")),
        "allocations": list(list_allocations(organization_id, invoice.pk)),
        "credit_notes": list(invoice.credit_notes.order_by("pk")),
        "entries": timeline.entries(
            timeline.of_invoice(invoice),
            request.display_locale,
            request.actor.label,
            topic=gettext("Invoice {number}").format(number=invoice.number),
        ),
        "plan": queries.latest_plan(invoice),
        "late_fees": list(list_late_fees(invoice)),
        "late_fee": late_fee,
        "disputes": list(disputes_of(invoice)),
        "steps": explain(invoice.calculation) if invoice.calculation else [],
        "public_url": public_url(invoice),
        "origin": origin_label(invoice.source),
        "payment_request": invoice.payment_requests.select_related("app").first(),
        "actions": _actions(invoice, request) | _waiver(late_fee, invoice, request),
    }
    return render(request, "app/invoices/detail.html", context)


@staff_view("invoices:read")
def pdf(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """The document; ?download saves it instead of showing it."""
    invoice = queries.get_invoice(request.actor.organization_id, uuid)
    data = invoice_pdf(invoice, public_url=public_url(invoice))
    response = HttpResponse(data, content_type="application/pdf")
    kind = "attachment" if "download" in request.GET else "inline"
    response["Content-Disposition"] = f'{kind}; filename="{pdf_file_name(invoice)}"'
    response["Cache-Control"] = "private, no-store"
    return response


def filtered(request: StaffRequest) -> tuple[QuerySet[Invoice], str, str]:
    """The rows that ?status= and ?q= ask for, and those two words."""
    word, text = request.GET.get("status", ""), search_text(request)
    organization_id = request.actor.organization_id
    rows = _narrowed(queries.list_invoices(organization_id), word, request)
    return searched(rows, INVOICES, organization_id, text, "total"), word, text


def shown_status(invoice: Invoice, request: StaffRequest) -> str:
    """The status word, but `issued` where nobody has mailed the invoice yet."""
    word = queries.status_word(invoice, request.today)
    return "issued" if word == "sent" and invoice.sent_at is None else word


def public_url(invoice: Invoice) -> str:
    return f"{settings.BASE_URL}/i/{invoice.public_token}"


def _narrowed(rows: InvoiceQuerySet, word: str, request: StaffRequest) -> InvoiceQuerySet:
    if not word:
        return rows
    if word == "open":
        return rows.open()
    if word == "overdue":
        # As the dashboard counts: what was given up is late too, until somebody writes it off.
        return rows.overdue(request.today)
    if word == "due_soon":
        return rows.open().filter(due_date__gte=request.today, due_date__lte=request.today + SOON)
    return queries.with_status(rows, word, request.today)


def _waiver(fee: LateFee | None, invoice: Invoice, request: StaffRequest) -> set[str]:
    is_possible = fee is not None and "void" in _actions(invoice, request)
    return {"waive"} if is_possible else set()


def _actions(invoice: Invoice, request: StaffRequest) -> set[str]:
    """What the person may do with the invoice as it is now; the page offers nothing else."""
    may = request.actor.may
    is_draft = invoice.is_draft
    is_live = invoice.status in ("issued", "uncollectible")
    has_money = bool(invoice.amount_paid or invoice.amount_credited or invoice.amount_written_off)
    rules = {
        "edit": is_draft and may("invoices:write"),
        "amend": is_live and may("invoices:write"),
        "issue": is_draft and may("invoices:write"),
        "delete": is_draft and may("invoices:write"),
        "duplicate": may("invoices:write"),
        "repeat": may("invoices:write"),
        "remind": invoice.status == "issued" and invoice.amount_due > 0 and may("invoices:send"),
        "send": invoice.status != "void" and may("invoices:send"),
        "pay": (is_draft or is_live) and payable_minor(invoice) > 0 and may("payments:write"),
        "credit": is_live
        and invoice.amount_credited < invoice.total
        and may("invoices:write")
        and may("payments:write"),
        "void": is_live and not has_money and may("invoices:write"),
        "uncollectible": invoice.status == "issued"
        and invoice.amount_due > 0
        and may("invoices:write"),
        "write-off": is_live and invoice.amount_due > 0 and may("payments:write"),
        "refund": may("payments:write"),
        "dispute": is_live and may("invoices:write"),
    }
    return {name for name, is_possible in rules.items() if is_possible}
