"""/v1/customers/{id}/credit, and what an invoice does with it."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from billing.operations import customer_credit, invoices, issuing
from billing.operations.allocations import AmountExceedsCredit
from billing.operations.payables import AlreadySettled, AmountExceedsDue, OtherCurrency
from billing.queries.credit import customer_credit as credit_of
from billing.queries.customers import get_customer
from billing.queries.invoices import get_invoice, status_word
from billing.snapshots import invoice_snapshot, refund_snapshot
from integrations.dialects.base.endpoint import NO_BODY, Endpoint, Endpoints
from integrations.dialects.enterprise.bodies import credits as bodies
from integrations.dialects.enterprise.presenters.credits import (
    present_application,
    present_customer_credit,
)
from integrations.dialects.enterprise.presenters.invoices import present_invoice
from integrations.dialects.enterprise.presenters.payments import present_refund
from integrations.dialects.enterprise.shapes import credits as SHAPES
from integrations.dialects.enterprise.shapes.invoices import INVOICE
from integrations.dialects.enterprise.shapes.payments import REFUND
from integrations.dialects.enterprise.views.base import EnterpriseView
from integrations.dialects.enterprise.words import INVOICE_STATUSES

_APPLYING = (
    customer_credit.NoCreditLeft,
    AmountExceedsCredit,
    AmountExceedsDue,
    AlreadySettled,
    OtherCurrency,
)


class CustomerCredit(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve a customer's credit",
            scopes=("customers:read", "payments:read"),
            answer=SHAPES.CUSTOMER_CREDIT,
            description="What was overpaid or credited and waits to be used.",
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        customer = get_customer(self.actor.organization_id, self.uuid_of("customer", id))
        sources = credit_of(self.actor.organization_id, customer.pk)
        return self.answer(present_customer_credit(customer.uuid, sources))


class CreditApplication(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Apply a customer's credit to invoices",
            scopes=("payments:write",),
            body=bodies.APPLY,
            answer=SHAPES.APPLICATION,
            description="To the invoices in `allocations`, each with an amount or with as much as"
            " is due; without them to the customer's open invoices in `currency`, oldest due"
            " first. The oldest credit is used first, or only that of `payment_id` or"
            " `credit_note_id`. A draft is issued first.",
            errors=_APPLYING,
            example={"allocations": [{"invoice_id": "inv_…", "amount": 30.00}]},
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        values = bodies.apply_values(self.body())
        customer = get_customer(self.actor.organization_id, self.uuid_of("customer", id))
        shares = customer_credit.apply_credit(
            actor=self.actor, at=self.at, on=self.today, customer_id=customer.pk, **values
        )
        statuses = {
            invoice.pk: INVOICE_STATUSES.to_wire(status_word(invoice, self.today))
            for invoice, _amount in shares
        }
        left = credit_of(self.actor.organization_id, customer.pk)
        return self.answer(present_application(customer.uuid, shares, left, statuses))


class CreditRefund(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Pay out a customer's credit",
            scopes=("payments:write",),
            body=bodies.PAY_OUT,
            answer=REFUND,
            status=201,
            description="The unapplied part of a payment, or the rest of a stand-alone credit"
            " note, in whole or up to `amount`. No invoice reopens.",
            errors=(AmountExceedsCredit, customer_credit.CreditNotPayable),
            example={"credit_note_id": "cn_…", "amount": 12.50, "reason": "Customer asked"},
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        values = self.body()
        customer = get_customer(self.actor.organization_id, self.uuid_of("customer", id))
        refund = customer_credit.pay_out_credit(
            actor=self.actor,
            at=self.at,
            customer_id=customer.pk,
            **{"refund_date": self.today, **values},
        )
        return self.answer(present_refund(refund_snapshot(refund)), 201)


class InvoiceApplyCredit(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Settle an invoice with its customer's credit",
            scopes=("payments:write",),
            body=bodies.APPLY_TO_INVOICE,
            answer=INVOICE,
            description="As much as is due and there is, or `amount`.",
            errors=_APPLYING,
            example={"amount": 30.00},
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        values = self.body()
        reference = get_invoice(self.actor.organization_id, self.uuid_of("invoice", id)).pk
        customer_credit.apply_credit(
            actor=self.actor,
            at=self.at,
            on=self.today,
            wishes=[(reference, values.pop("amount", None))],
            **values,
        )
        invoice = get_invoice(self.actor.organization_id, reference)
        return self.answer(present_invoice(invoice_snapshot(invoice), self.today))


class InvoiceMarkUncollectible(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Give an invoice up as uncollectible",
            scopes=("invoices:write",),
            body=NO_BODY,
            answer=INVOICE,
            description="The books keep the receivable, and a payment that still comes is taken.",
            errors=(issuing.InvoiceNotIssued,),
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        self.body()
        invoice = issuing.mark_uncollectible(
            actor=self.actor, at=self.at, invoice_id=self.uuid_of("invoice", id)
        )
        return self.answer(present_invoice(invoice_snapshot(invoice), self.today))


class InvoiceDuplicate(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Duplicate an invoice",
            scopes=("invoices:write",),
            body=NO_BODY,
            answer=INVOICE,
            status=201,
            description="A new draft with the same customer, lines, prices and taxes, dated today.",
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        self.body()
        invoice = invoices.duplicate_invoice(
            actor=self.actor, at=self.at, invoice_id=self.uuid_of("invoice", id)
        )
        shown = present_invoice(invoice_snapshot(invoice), self.today)
        return self.answer(shown, 201, location=f"/v1/invoices/{shown['id']}")
