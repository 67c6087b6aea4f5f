"""/v1/payments."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from billing.models import Invoice, Payment, PaymentMethod
from billing.operations import payments, refunds
from billing.operations.payables import AlreadySettled, AmountExceedsDue
from billing.queries.customers import get_customer
from billing.queries.invoices import get_invoice
from billing.queries.payments import (
    get_payment,
    list_payments,
    list_payments_of_invoice,
    with_payment_status,
)
from billing.snapshots import payment_snapshot, refund_snapshot
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.fields import Choice, CurrencyCode
from integrations.dialects.base.pagination import PageRequest, SortKey, read_day, read_whole
from integrations.dialects.base.query import AmountRange, DayRange, InstantRange, filtered
from integrations.dialects.enterprise.bodies.others import PAYMENT, REFUND, payment_values
from integrations.dialects.enterprise.ids import id_field
from integrations.dialects.enterprise.presenters.payments import (
    payment_status,
    present_payment,
    present_refund,
)
from integrations.dialects.enterprise.shapes import payments as SHAPES
from integrations.dialects.enterprise.views.base import (
    BY_CREATION,
    BY_UPDATE,
    EnterpriseView,
    list_query,
)
from integrations.dialects.enterprise.words import PAYMENT_METHODS, PAYMENT_STATES

LIST = list_query(
    "payment",
    invoice_id=id_field("invoice"),
    customer_id=id_field("customer", name="customer__uuid"),
    status=Choice(table=PAYMENT_STATES),
    payment_method=Choice(name="method", table=PAYMENT_METHODS),
    currency=CurrencyCode(),
    payment_date=DayRange(),
    amount=AmountRange(),
    amount_refunded=AmountRange(),
    created_at=InstantRange(),
    updated_at=InstantRange(),
)
EXAMPLE = {
    "invoice_id": "inv_…",
    "amount": 7128.00,
    "currency": "USD",
    "payment_method": "stripe",
    "payment_date": "2025-01-20",
    "transaction_id": "ch_1234567890",
    "gateway": "stripe",
    "notes": "Payment received via Stripe",
}
SORTS = {
    **BY_CREATION,
    **BY_UPDATE,
    "payment_date": (SortKey("payment_date", read_day),),
    "amount": (SortKey("amount", read_whole),),
}


class PaymentList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List payments", scopes=("payments:read",), query=LIST, answer=SHAPES.PAYMENTS
        ),
        "POST": Endpoint(
            summary="Record a payment",
            scopes=("payments:write",),
            body=PAYMENT,
            answer=SHAPES.PAYMENT,
            status=201,
            errors=(AmountExceedsDue, AlreadySettled),
            example=EXAMPLE,
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        page = PageRequest.taken_from(query)
        rows = self._rows(query.pop("invoice_id", None))
        if "status" in query:
            rows = with_payment_status(rows, query.pop("status"))
        rows = filtered(rows, query)
        return self.list_answer(
            rows, page, lambda row: present_payment(payment_snapshot(row)), sorts=SORTS
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        values = payment_values(self.body())
        if "currency" not in values:
            values["currency"] = self._currency_of(values)
        payment = payments.record_payment(
            actor=self.actor,
            at=self.at,
            **{"payment_date": self.today, "method": PaymentMethod.OTHER, **values},
        )
        shown = present_payment(payment_snapshot(payment))
        return self.answer(shown, 201, location=f"/v1/payments/{shown['id']}")

    def _rows(self, invoice_id: Any) -> QuerySet[Payment]:
        """All payments, or those meant for an invoice or allocated to it."""
        organization_id = self.actor.organization_id
        if invoice_id is None:
            return list_payments(organization_id)
        invoice = Invoice.objects.of(organization_id).filter(uuid=invoice_id).first()
        return list_payments_of_invoice(organization_id, invoice.pk if invoice else 0)

    def _currency_of(self, values: dict[str, Any]) -> str:
        """What the money is in when the request does not say: the invoice's currency."""
        organization_id = self.actor.organization_id
        first = next((reference for reference, _ in values.get("allocations") or ()), None)
        if reference := values.get("invoice_id") or first:
            return get_invoice(organization_id, reference).currency
        if reference := values.get("customer_id"):
            return get_customer(organization_id, reference).currency
        return self.organization.currency


class PaymentDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve a payment with its refunds",
            scopes=("payments:read",),
            answer=SHAPES.PAYMENT,
        ),
        "DELETE": Endpoint(
            summary="Delete a payment",
            scopes=("payments:write",),
            status=204,
            description="The invoice is due again; the ledger keeps both entries.",
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        payment = get_payment(self.actor.organization_id, self.uuid_of("payment", id))
        shown = present_payment(payment_snapshot(payment))
        refunded = [present_refund(refund_snapshot(row)) for row in payment.refunds.all()]
        return self.answer({**shown, "refunds": refunded})

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        payments.delete_payment(
            actor=self.actor, at=self.at, payment_id=self.uuid_of("payment", id)
        )
        return self.no_content()


class PaymentRefund(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Refund a payment",
            scopes=("payments:write",),
            body=REFUND,
            answer=SHAPES.REFUNDED_PAYMENT,
            errors=(refunds.AmountExceedsRefundable, refunds.PaymentNotReceived),
            description="Without an amount, all that is left is refunded.",
            example={"amount": 7128.00, "reason": "Customer requested refund"},
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        values = self.body()
        reference = self.uuid_of("payment", id)
        refund = refunds.refund_payment(
            actor=self.actor,
            at=self.at,
            payment_id=reference,
            **{"refund_date": self.today, **values},
        )
        snapshot = payment_snapshot(get_payment(self.actor.organization_id, reference))
        shown = present_payment(snapshot)
        return self.answer(
            {
                "id": shown["id"],
                "object": "payment",
                "status": payment_status(snapshot),
                "amount": shown["amount"],
                "amount_refunded": shown["amount_refunded"],
                "currency": shown["currency"],
                "refund": present_refund(refund_snapshot(refund)),
            }
        )
