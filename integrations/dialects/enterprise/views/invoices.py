"""/v1/invoices."""

from typing import ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from billing.documents import invoice_pdf, pdf_file_name
from billing.operations import invoices, issuing, payments, sending
from billing.operations.guards import InvoiceFinalized, VersionConflict
from billing.queries.invoices import get_invoice, list_invoices
from billing.snapshots import invoice_snapshot, payment_snapshot
from integrations.dialects.base.endpoint import Endpoint, Endpoints, partial_update
from integrations.dialects.base.figures import written
from integrations.dialects.base.pagination import PageRequest
from integrations.dialects.base.shapes import File
from integrations.dialects.enterprise.bodies import invoices as bodies
from integrations.dialects.enterprise.ids import wire_id
from integrations.dialects.enterprise.presenters.invoices import (
    present_invoice,
    present_row,
    public_url,
)
from integrations.dialects.enterprise.presenters.payments import present_payment
from integrations.dialects.enterprise.shapes import invoices as SHAPES
from integrations.dialects.enterprise.views.base import EnterpriseView
from integrations.dialects.enterprise.views.invoice_lists import (  # noqa: F401
    LIST,
    LIST_OF_CUSTOMER,
    NEWEST,
    filtered,
    invoice_page,
)
from integrations.dialects.enterprise.views.versions import InvalidIfMatch, expected_version


class InvoiceList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List invoices", scopes=("invoices:read",), query=LIST, answer=SHAPES.INVOICES
        ),
        "POST": Endpoint(
            summary="Create an invoice",
            scopes=("invoices:write",),
            body=bodies.CREATE,
            answer=SHAPES.INVOICE,
            status=201,
            description="With `auto_send` it is issued and mailed: that needs `invoices:send` too.",
            example=bodies.EXAMPLE,
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        if query.keys() <= {"limit"}:
            today = self.today
            found = NEWEST.read(self.actor.organization_id, PageRequest(**query).limit)
            return self.page_answer(found, lambda row: present_row(row, today))
        return invoice_page(self, list_invoices(self.actor.organization_id), query)

    def post(self, request: HttpRequest) -> HttpResponse:
        values = bodies.operation_values(self.body())
        if values.pop("auto_send", False):
            self.actor.require("invoices:send")
            with transaction.atomic():
                draft = invoices.create_invoice(
                    actor=self.actor, at=self.at, source="enterprise", **values
                )
                invoice = sending.request_send(
                    actor=self.actor, at=self.at, invoice_id=draft.pk
                ).invoice
        else:
            invoice = invoices.create_invoice(
                actor=self.actor, at=self.at, source="enterprise", **values
            )
        shown = present_invoice(invoice_snapshot(invoice), self.today)
        return self.answer(shown, 201, location=f"/v1/invoices/{shown['id']}")


class InvoiceDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve an invoice", scopes=("invoices:read",), answer=SHAPES.INVOICE
        ),
        **partial_update(
            Endpoint(
                summary="Update an invoice",
                scopes=("invoices:write",),
                body=bodies.UPDATE,
                answer=SHAPES.INVOICE,
                description="Partial: what is not sent stays. An issued invoice takes a new due "
                "date, notes and metadata only.",
                errors=(InvalidIfMatch, VersionConflict, InvoiceFinalized),
                example={
                    "due_date": "2025-02-28",
                    "notes": "Updated payment terms - due Feb 28",
                },
            )
        ),
        "DELETE": Endpoint(
            summary="Delete a draft",
            scopes=("invoices:write",),
            status=204,
            description="Only a draft can be deleted; void an issued invoice.",
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        invoice = get_invoice(self.actor.organization_id, self.uuid_of("invoice", id))
        return self.answer(present_invoice(invoice_snapshot(invoice), self.today))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        """Partial, as the document says: what is not sent stays."""
        invoice = invoices.update_invoice(
            actor=self.actor,
            at=self.at,
            invoice_id=self.uuid_of("invoice", id),
            expected_version=expected_version(request),
            **bodies.operation_values(self.body()),
        )
        return self.answer(present_invoice(invoice_snapshot(invoice), self.today))

    patch = put

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        invoices.delete_invoice(
            actor=self.actor, at=self.at, invoice_id=self.uuid_of("invoice", id)
        )
        return self.no_content()


class InvoiceIssue(EnterpriseView):
    """Our addition: make a draft final without mailing it."""

    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Issue a draft",
            scopes=("invoices:write",),
            body=bodies.NOTHING,
            answer=SHAPES.INVOICE,
            description="Makes it final and in force without mailing it.",
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        self.body()
        reference = self.uuid_of("invoice", id)
        issuing.issue_invoice(actor=self.actor, at=self.at, invoice_id=reference)
        invoice = get_invoice(self.actor.organization_id, reference)
        return self.answer(present_invoice(invoice_snapshot(invoice), self.today))


class InvoiceSend(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Send an invoice",
            scopes=("invoices:send",),
            body=bodies.SEND,
            answer=SHAPES.SENT,
            description="Mails it; a draft is issued first.",
            example={
                "to": ["billing@acme.example"],
                "cc": ["manager@acme.example"],
                "subject": "Your invoice",
                "message": "Please find attached invoice for services rendered.",
                "attach_pdf": True,
                "send_copy_to_self": True,
            },
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        sent = sending.request_send(
            actor=self.actor,
            at=self.at,
            invoice_id=self.uuid_of("invoice", id),
            **self.body(),
        )
        shown = present_invoice(invoice_snapshot(sent.invoice), self.today)
        return self.answer(
            {
                "id": shown["id"],
                "object": "invoice",
                "number": shown["number"],
                "status": shown["status"],
                # The message is on its way; the object's own sent_at waits for the first
                # recipient's server to accept it.
                "sent_at": shown["sent_at"] or self.at,
                "email_status": {
                    "sent_to": sent.sent_to,
                    "message_id": wire_id("message", sent.message.uuid),
                },
            }
        )


class InvoiceVoid(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Void an invoice",
            scopes=("invoices:write",),
            body=bodies.VOID,
            answer=SHAPES.VOIDED,
            example={"reason": "Duplicate invoice created in error"},
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        values = self.body()
        invoice = issuing.void_invoice(
            actor=self.actor,
            at=self.at,
            invoice_id=self.uuid_of("invoice", id),
            reason=values.get("reason", ""),
        )
        return self.answer(
            {
                "id": wire_id("invoice", invoice.uuid),
                "object": "invoice",
                "number": invoice.number,
                "status": "void",
                "voided_at": invoice.voided_at,
                "void_reason": invoice.void_reason,
            }
        )


class InvoicePdf(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Download the PDF",
            scopes=("invoices:read",),
            answer=File(media_type="application/pdf"),
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        invoice = get_invoice(self.actor.organization_id, self.uuid_of("invoice", id))
        content = invoice_pdf(invoice, public_url=public_url(invoice.public_token))
        response = HttpResponse(content, content_type="application/pdf")
        name = pdf_file_name(invoice)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class InvoiceMarkPaid(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Mark an invoice as paid",
            scopes=("payments:write",),
            body=bodies.MARK_PAID,
            answer=SHAPES.PAID,
            description="Records a payment of what is still due.",
            example={
                "payment_date": "2025-01-20",
                "payment_method": "bank_transfer",
                "reference": "Wire transfer confirmation #123456",
            },
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        values = self.body()
        reference = self.uuid_of("invoice", id)
        payment = payments.mark_paid(
            actor=self.actor,
            at=self.at,
            invoice_id=reference,
            **{"payment_date": self.today, **values},
        )
        invoice = get_invoice(self.actor.organization_id, reference)
        shown = present_invoice(invoice_snapshot(invoice), self.today)
        return self.answer(
            {
                "id": shown["id"],
                "object": "invoice",
                "number": shown["number"],
                "status": shown["status"],
                # The day the money came, as the document shows it; the object's own
                # paid_at is the moment it was recorded.
                "paid_at": payment.payment_date,
                "amount_due": written(shown["amount_due"]),
                "payment": present_payment(payment_snapshot(payment)),
            }
        )
