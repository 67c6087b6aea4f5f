"""/v1/quotes."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from billing.documents import pdf_file_name, quote_pdf
from billing.models import Invoice, Quote
from billing.models.invoices import NUMBER_LENGTH, NUMBER_TEXT
from billing.operations import document_sending, quote_answers, quotes
from billing.operations.guards import VersionConflict
from billing.queries.invoices import get_invoice
from billing.queries.quotes import get_quote, invoices_of_quotes, list_quotes, with_status
from billing.snapshots import invoice_snapshot, quote_snapshot, quote_state
from integrations.dialects.base.endpoint import NO_BODY, Endpoint, Endpoints, partial_update
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
from integrations.dialects.enterprise.bodies import quotes as bodies
from integrations.dialects.enterprise.bodies.invoices import SEND, operation_values
from integrations.dialects.enterprise.ids import id_field, wire_id
from integrations.dialects.enterprise.presenters.invoices import present_invoice
from integrations.dialects.enterprise.presenters.quotes import (
    present_quote,
    present_quote_row,
    public_url,
)
from integrations.dialects.enterprise.shapes import quotes as SHAPES
from integrations.dialects.enterprise.shapes.invoices import INVOICE
from integrations.dialects.enterprise.views.base import (
    BY_CREATION,
    BY_UPDATE,
    EnterpriseView,
    list_query,
)
from integrations.dialects.enterprise.views.versions import InvalidIfMatch, expected_version
from integrations.dialects.enterprise.words import QUOTE_STATUSES

LIST = list_query(
    "quote",
    customer_id=id_field("customer", name="customer__uuid"),
    status=Choice(table=QUOTE_STATUSES),
    number=Text(most=64),
    currency=CurrencyCode(),
    issue_date=DayRange(),
    valid_until=DayRange(),
    total=AmountRange(),
    created_at=InstantRange(),
    updated_at=InstantRange(),
    sent_at=InstantRange(),
    accepted_at=InstantRange(),
    declined_at=InstantRange(),
)
SORTS = {
    **BY_CREATION,
    **BY_UPDATE,
    "issue_date": (SortKey("issue_date", read_day),),
    "valid_until": (SortKey("valid_until", read_day),),
    "total": (SortKey("total", read_whole),),
    "number": (
        SortKey("number_length", read_whole, NUMBER_LENGTH),
        SortKey("number_text", read_text, NUMBER_TEXT),
    ),
}


class QuoteView(EnterpriseView):
    """What all of them share."""

    def shown(self, quote: Quote) -> dict[str, Any]:
        """The whole object, with the invoice that it became."""
        invoice = invoices_of_quotes(self.actor.organization_id, [quote]).get(quote.pk)
        return present_quote(quote_snapshot(quote, invoice), self.today)


class QuoteList(QuoteView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List quotes", scopes=("invoices:read",), query=LIST, answer=SHAPES.QUOTES
        ),
        "POST": Endpoint(
            summary="Create a quote",
            scopes=("invoices:write",),
            body=bodies.CREATE,
            answer=SHAPES.QUOTE,
            status=201,
            description="A draft. Valid for 30 days unless `valid_until` says otherwise.",
            example=bodies.EXAMPLE,
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        page = PageRequest.taken_from(query)
        rows = list_quotes(self.actor.organization_id)
        today = self.today
        if "status" in query:
            rows = with_status(rows, query.pop("status"), today)
        invoices: dict[int, Invoice] = {}

        def prepare(found: list[Quote]) -> None:
            invoices.update(invoices_of_quotes(self.actor.organization_id, found))

        return self.list_answer(
            filtered(rows, query),
            page,
            lambda row: present_quote_row(quote_state(row, invoices.get(row.pk)), today),
            sorts=SORTS,
            prepare=prepare,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        values = operation_values(self.body())
        quote = quotes.create_quote(actor=self.actor, at=self.at, **{"lines": [], **values})
        shown = present_quote(quote_snapshot(quote), self.today)
        return self.answer(shown, 201, location=f"/v1/quotes/{shown['id']}")


class QuoteDetail(QuoteView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(summary="Retrieve a quote", scopes=("invoices:read",), answer=SHAPES.QUOTE),
        **partial_update(
            Endpoint(
                summary="Update a quote",
                scopes=("invoices:write",),
                body=bodies.UPDATE,
                answer=SHAPES.QUOTE,
                description="A draft, or one that is open and not answered yet; it is added up"
                " again. Partial: what is not sent stays, and lines are replaced as a whole.",
                errors=(InvalidIfMatch, VersionConflict, quotes.QuoteAnswered),
                example={"valid_until": "2025-03-31", "notes": "Prolonged"},
            )
        ),
        "DELETE": Endpoint(
            summary="Delete a draft quote",
            scopes=("invoices:write",),
            status=204,
            errors=(quotes.QuoteNotDraft,),
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.answer(
            self.shown(get_quote(self.actor.organization_id, self.uuid_of("quote", id)))
        )

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        quote = quotes.update_quote(
            actor=self.actor,
            at=self.at,
            quote_id=self.uuid_of("quote", id),
            expected_version=expected_version(request),
            **operation_values(self.body()),
        )
        return self.answer(self.shown(quote))

    patch = put

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        quotes.delete_quote(actor=self.actor, at=self.at, quote_id=self.uuid_of("quote", id))
        return self.no_content()


class QuoteSend(QuoteView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Send a quote",
            scopes=("invoices:send",),
            body=SEND,
            answer=SHAPES.SENT,
            description="Mails it as a PDF with the link to its page; a draft is opened first.",
            errors=(document_sending.QuoteNotSendable, quote_answers.QuoteExpired),
            example={"to": ["buyer@acme.example"], "message": "As discussed on the telephone."},
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        sent = document_sending.request_quote_send(
            actor=self.actor, at=self.at, quote_id=self.uuid_of("quote", id), **self.body()
        )
        return self.answer(
            {
                "id": wire_id("quote", sent.quote.uuid),
                "object": "quote",
                "number": sent.quote.number,
                "status": sent.quote.status,
                # As for invoices: the object's own sent_at waits for a mail server.
                "sent_at": sent.quote.sent_at or self.at,
                "email_status": {
                    "sent_to": sent.sent_to,
                    "message_id": wire_id("message", sent.message.uuid),
                },
            }
        )


class QuoteOpen(QuoteView):
    """Our addition: make the quote binding without mailing it."""

    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Open a draft quote",
            scopes=("invoices:send",),
            body=NO_BODY,
            answer=SHAPES.QUOTE,
            description="Shows it under its public link without mailing it.",
            errors=(quote_answers.QuoteExpired,),
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        self.body()
        quote = quote_answers.open_quote(
            actor=self.actor, at=self.at, quote_id=self.uuid_of("quote", id)
        )
        return self.answer(self.shown(quote))


class QuoteAccept(QuoteView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Accept a quote",
            scopes=("invoices:write",),
            body=bodies.ACCEPT,
            answer=SHAPES.QUOTE,
            description="Records the customer's yes. Customers say it themselves on the page at"
            " `public_url`.",
            errors=(quote_answers.QuoteExpired,),
            example={"accepted_by": "Jane Doe"},
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        quote = quote_answers.accept_quote(
            actor=self.actor, at=self.at, quote_id=self.uuid_of("quote", id), **self.body()
        )
        return self.answer(self.shown(quote))


class QuoteDecline(QuoteView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Decline a quote",
            scopes=("invoices:write",),
            body=bodies.DECLINE,
            answer=SHAPES.QUOTE,
            description="Records the customer's no.",
            example={"reason": "Went with another offer"},
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        quote = quote_answers.decline_quote(
            actor=self.actor, at=self.at, quote_id=self.uuid_of("quote", id), **self.body()
        )
        return self.answer(self.shown(quote))


class QuoteConvert(QuoteView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Convert a quote into an invoice",
            scopes=("invoices:write",),
            body=NO_BODY,
            answer=INVOICE,
            status=201,
            description="A draft invoice dated today, with the prices and taxes that were"
            " offered. An open quote can be converted without having been accepted.",
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        self.body()
        invoice = quote_answers.convert_quote(
            actor=self.actor, at=self.at, quote_id=self.uuid_of("quote", id)
        )
        whole = get_invoice(self.actor.organization_id, invoice.pk)
        shown = present_invoice(invoice_snapshot(whole), self.today)
        return self.answer(shown, 201, location=f"/v1/invoices/{shown['id']}")


class QuotePdf(QuoteView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Download a quote",
            scopes=("invoices:read",),
            answer=File(media_type="application/pdf", description="The quote."),
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        quote = get_quote(self.actor.organization_id, self.uuid_of("quote", id))
        content = quote_pdf(quote, public_url=public_url(quote.public_token))
        response = HttpResponse(content, content_type="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="{pdf_file_name(quote)}"'
        return response
