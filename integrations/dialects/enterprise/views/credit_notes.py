"""/v1/credit-notes."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from billing.documents import credit_note_pdf, pdf_file_name
from billing.models import CreditNote
from billing.models.invoices import NUMBER_LENGTH, NUMBER_TEXT
from billing.operations import credit_notes, document_sending
from billing.operations.crediting import CreditExceedsInvoice, NothingToCredit
from billing.operations.issuing import InvoiceNotIssued
from billing.queries.credit_notes import (
    get_credit_note,
    list_credit_notes,
    list_credit_notes_of_invoice,
)
from billing.queries.invoices import get_invoice
from billing.snapshots import credit_note_snapshot, credit_note_state, refund_snapshot
from billing.totals import CreditExceedsLine
from integrations.dialects.base.endpoint import NO_BODY, Endpoint, Endpoints
from integrations.dialects.base.fields import Choice, CurrencyCode, Text
from integrations.dialects.base.pagination import (
    PageRequest,
    SortKey,
    read_day,
    read_text,
    read_whole,
)
from integrations.dialects.base.query import AmountRange, DayRange, InstantRange, filtered
from integrations.dialects.base.shapes import File
from integrations.dialects.enterprise.bodies import credits as bodies
from integrations.dialects.enterprise.bodies.invoices import SEND
from integrations.dialects.enterprise.ids import id_field, wire_id
from integrations.dialects.enterprise.presenters.credits import (
    present_credit_note,
    present_credit_note_row,
)
from integrations.dialects.enterprise.presenters.payments import present_refund
from integrations.dialects.enterprise.shapes import credits as SHAPES
from integrations.dialects.enterprise.views.base import (
    BY_CREATION,
    BY_UPDATE,
    EnterpriseView,
    list_query,
)
from integrations.dialects.enterprise.words import CREDIT_NOTE_STATUSES

FILTERS = {
    "status": Choice(table=CREDIT_NOTE_STATUSES),
    "number": Text(most=64),
    "currency": CurrencyCode(),
    "issue_date": DayRange(),
    "total": AmountRange(),
    "created_at": InstantRange(),
    "updated_at": InstantRange(),
}
LIST = list_query(
    "credit note",
    customer_id=id_field("customer", name="customer__uuid"),
    invoice_id=id_field("invoice", name="invoice__uuid"),
    **FILTERS,
)
LIST_OF_INVOICE = list_query("credit note", **FILTERS)
SORTS = {
    **BY_CREATION,
    **BY_UPDATE,
    "issue_date": (SortKey("issue_date", read_day),),
    "total": (SortKey("total", read_whole),),
    "number": (
        SortKey("number_length", read_whole, NUMBER_LENGTH),
        SortKey("number_text", read_text, NUMBER_TEXT),
    ),
}


class CreditNoteList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List credit notes",
            scopes=("invoices:read",),
            query=LIST,
            answer=SHAPES.CREDIT_NOTES,
        ),
        "POST": Endpoint(
            summary="Create a credit note",
            scopes=("invoices:write",),
            body=bodies.CREDIT_NOTE,
            answer=SHAPES.CREDIT_NOTE,
            status=201,
            description="Of an invoice: `line_items` name its lines with quantities, or are left"
            " out for all that is left. What exceeds the amount due was paid already, and"
            " `refund_amount`, `credit_amount` and `out_of_band_amount` must say where that money"
            " goes; a refund needs `payments:write` too. Of a customer: `line_items` are written"
            " as on an invoice, and all of it is the customer's credit.",
            errors=(
                credit_notes.CreditSplitMismatch,
                CreditExceedsInvoice,
                CreditExceedsLine,
                NothingToCredit,
                InvoiceNotIssued,
            ),
            example={
                "invoice_id": "inv_…",
                "line_items": [{"line_item_id": "li_…", "quantity": 1}],
                "reason": "One unit came back",
            },
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        return credit_note_page(self, list_credit_notes(self.actor.organization_id))

    def post(self, request: HttpRequest) -> HttpResponse:
        note = credit_notes.create_credit_note(
            actor=self.actor, at=self.at, **bodies.credit_note_values(self.body())
        )
        shown = present_credit_note(credit_note_snapshot(note))
        return self.answer(shown, 201, location=f"/v1/credit-notes/{shown['id']}")


class CreditNoteDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve a credit note", scopes=("invoices:read",), answer=SHAPES.CREDIT_NOTE
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        note = get_credit_note(self.actor.organization_id, self.uuid_of("credit note", id))
        rows = note.refunds.select_related("payment", "credit_note").order_by("pk")
        refunds = [present_refund(refund_snapshot(row)) for row in rows]
        return self.answer({**present_credit_note(credit_note_snapshot(note)), "refunds": refunds})


class CreditNoteVoid(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Void a credit note",
            scopes=("invoices:write",),
            body=NO_BODY,
            answer=SHAPES.CREDIT_NOTE,
            description="What it settled is due again. Money that it freed stays the customer's"
            " credit; refused once money went out because of it.",
            errors=(credit_notes.CreditNoteRefunded,),
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        self.body()
        reference = self.uuid_of("credit note", id)
        credit_notes.void_credit_note(
            actor=self.actor, at=self.at, credit_note_id=reference, on=self.today
        )
        note = get_credit_note(self.actor.organization_id, reference)
        return self.answer(present_credit_note(credit_note_snapshot(note)))


class CreditNoteSend(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Send a credit note",
            scopes=("invoices:send",),
            body=SEND,
            answer=SHAPES.SENT,
            description="Mails it as a PDF.",
            errors=(document_sending.CreditNoteNotSendable,),
            example={"to": ["billing@acme.example"], "attach_pdf": True},
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        sent = document_sending.request_credit_note_send(
            actor=self.actor,
            at=self.at,
            credit_note_id=self.uuid_of("credit note", id),
            **self.body(),
        )
        note = sent.credit_note
        return self.answer(
            {
                "id": wire_id("credit note", note.uuid),
                "object": "credit_note",
                "number": note.number,
                "status": note.status,
                "sent_at": note.sent_at or self.at,
                "email_status": {
                    "sent_to": sent.sent_to,
                    "message_id": wire_id("message", sent.message.uuid),
                },
            }
        )


class CreditNotePdf(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Download a credit note",
            scopes=("invoices:read",),
            answer=File(media_type="application/pdf"),
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        note = get_credit_note(self.actor.organization_id, self.uuid_of("credit note", id))
        response = HttpResponse(credit_note_pdf(note), content_type="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="{pdf_file_name(note)}"'
        return response


class InvoiceCreditNotes(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List an invoice's credit notes",
            scopes=("invoices:read",),
            query=LIST_OF_INVOICE,
            answer=SHAPES.CREDIT_NOTES,
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        invoice = get_invoice(self.actor.organization_id, self.uuid_of("invoice", id))
        rows = list_credit_notes_of_invoice(self.actor.organization_id, invoice.pk)
        return credit_note_page(self, rows)


def credit_note_page(view: EnterpriseView, rows: QuerySet[CreditNote]) -> HttpResponse:
    """A page of these credit notes under the filters of the query."""
    query = view.query()
    page = PageRequest.taken_from(query)

    def present(row: CreditNote) -> dict[str, Any]:
        return present_credit_note_row(credit_note_state(row))

    return view.list_answer(filtered(rows, query), page, present, sorts=SORTS)
