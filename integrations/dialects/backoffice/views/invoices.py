"""/api/v2/invoices: what is created is issued at once, unless it is asked to stay a draft."""

import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import F, Prefetch
from django.http import HttpRequest, HttpResponse

from billing.models import Invoice, InvoiceLine, InvoiceStatus
from billing.models.invoices import InvoiceQuerySet
from billing.operations import invoices, issuing, payments
from billing.queries.invoices import get_invoice, list_invoices
from billing.queries.payments import list_payments_of_invoice
from integrations.dialects.backoffice import bodies, shapes
from integrations.dialects.backoffice.items import line_specs
from integrations.dialects.backoffice.presenters import present_invoice, present_payment
from integrations.dialects.backoffice.views.base import (
    BackofficeView,
    changing,
    creating,
    deleting,
    listing,
    reading,
    taken,
)
from integrations.dialects.backoffice.words import INVOICE_FILTERS
from integrations.dialects.base.endpoint import Endpoints
from integrations.dialects.base.fields import Day

EXAMPLE = {
    "customer_id": 1,
    "date": "2024-01-15",
    "due_date": "2024-02-15",
    "items": [{"description": "Web Development", "amount": 1500.00, "qty": 1}],
    "notes": "Payment due within 30 days",
}


class InvoiceList(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing(
            "invoices",
            "invoices:read",
            shapes.INVOICE,
            status=bodies.Word(words=INVOICE_FILTERS, most=20),
            customer_id=bodies.reference(),
            date_from=Day(name="issue_date__gte"),
            date_to=Day(name="issue_date__lte"),
        ),
        "POST": creating(
            "an invoice",
            "invoices:write",
            bodies.INVOICE,
            shapes.INVOICE,
            description="It is issued at once; `status: Draft` keeps it a draft.",
            example=EXAMPLE,
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        rows = list_invoices(self.actor.organization_id)
        lines = InvoiceLine.objects.of(self.actor.organization_id).order_by("position")
        if status := query.pop("status", ""):
            rows = _with_status(rows, status, self.today)
        paging = taken(query)
        rows = rows.filter(**query).prefetch_related(Prefetch("lines", lines))
        today = self.today
        return self.page(rows, paging, lambda row: present_invoice(row, today))

    def post(self, request: HttpRequest) -> HttpResponse:
        values = self.body()
        stays_draft = values.pop("status", "") == "Draft"
        with transaction.atomic():
            values["lines"] = line_specs(self.actor, self.at, values["lines"])
            made = invoices.create_invoice(**self.who, source="backoffice", **values)
            if not stays_draft:
                issuing.issue_invoice(**self.who, invoice_id=made.pk)
        return self.one(_shown(self, made.pk), 201)


class InvoiceDetail(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("an invoice", "invoices:read", shapes.INVOICE),
        "PUT": changing("an invoice", "invoices:write", bodies.INVOICE_UPDATE, shapes.INVOICE),
        "DELETE": deleting("a draft", "invoices:write"),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.one(_shown(self, self.path_number("invoice", id)))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        """A status moves the invoice: Unpaid issues a draft, Paid takes what is due."""
        number = self.path_number("invoice", id)
        values = self.body()
        status = values.pop("status", "")
        with transaction.atomic():
            if "lines" in values:
                values["lines"] = line_specs(self.actor, self.at, values["lines"])
            if values or not status:
                invoices.update_invoice(**self.who, invoice_id=number, **values)
            if status:
                self._move(number, status)
        return self.one(_shown(self, number))

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        invoices.delete_invoice(**self.who, invoice_id=self.path_number("invoice", id))
        return self.done("Invoice deleted")

    def _move(self, number: int, status: str) -> None:
        if status == "Cancelled":
            issuing.void_invoice(**self.who, invoice_id=number)
            return
        if get_invoice(self.actor.organization_id, number).is_draft:
            issuing.issue_invoice(**self.who, invoice_id=number)
        if status == "Paid":
            payments.mark_paid(**self.who, invoice_id=number, payment_date=self.today)


class InvoicePayments(BackofficeView):
    """Our addition: the payments of one invoice."""

    endpoints: ClassVar[Endpoints] = {
        "GET": listing("an invoice's payments", "payments:read", shapes.PAYMENT),
        "POST": creating(
            "a payment of an invoice",
            "payments:write",
            bodies.PAYMENT,
            shapes.PAYMENT,
            example={"amount": 500.00, "date": "2024-02-01", "method": "bank_transfer"},
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        invoice = self._invoice(id)
        rows = list_payments_of_invoice(self.actor.organization_id, invoice.pk)
        return self.page(rows, self.query(), present_payment)

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        invoice = self._invoice(id)
        made = payments.record_payment(
            **self.who,
            invoice_id=invoice.pk,
            currency=invoice.currency,
            **{"payment_date": self.today, "method": "other", **self.body()},
        )
        return self.one(present_payment(made), 201)

    def _invoice(self, id: str) -> Invoice:
        return get_invoice(self.actor.organization_id, self.path_number("invoice", id))


def _shown(view: BackofficeView, number: int) -> dict[str, Any]:
    return present_invoice(get_invoice(view.actor.organization_id, number), view.today)


def _with_status(rows: InvoiceQuerySet, word: str, today: datetime.date) -> InvoiceQuerySet:
    """The rows whose status the presenter calls so; Overdue is what is unpaid and late."""
    if word == "Draft":
        return rows.filter(status=InvoiceStatus.DRAFT)
    if word == "Cancelled":
        return rows.filter(status=InvoiceStatus.VOID)
    issued = rows.filter(status=InvoiceStatus.ISSUED)
    if word == "Paid":
        return issued.settled()
    if word == "Overdue":
        return issued.unsettled().filter(due_date__lt=today)
    settled = F("amount_paid") + F("amount_credited") + F("amount_written_off")
    touched = rows.annotate(settled_amount=settled)
    if word == "Partially Paid":
        return touched.filter(status=InvoiceStatus.ISSUED).unsettled().exclude(settled_amount=0)
    untouched = touched.filter(status=InvoiceStatus.ISSUED).unsettled().filter(settled_amount=0)
    return untouched | touched.filter(status=InvoiceStatus.UNCOLLECTIBLE)
