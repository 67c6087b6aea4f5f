"""/v1/payment-links."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from billing.models import PaymentLink
from billing.operations import payment_links
from billing.operations.issuing import InvoiceNotIssued
from billing.operations.lines import ProductNotForSale, TaxProfileRetired
from billing.operations.payables import (
    AlreadySettled,
    AmountExceedsDue,
    InvoiceVoid,
    OtherCurrency,
)
from billing.queries.payment_links import (
    get_payment_link,
    link_status,
    list_payment_links,
    with_link_status,
)
from billing.snapshots import payment_link_snapshot
from integrations.dialects.base.endpoint import NO_BODY, Endpoint, Endpoints
from integrations.dialects.base.fields import Choice, CurrencyCode
from integrations.dialects.base.pagination import PageRequest
from integrations.dialects.base.query import InstantRange, filtered
from integrations.dialects.enterprise.bodies.payment_links import PAYMENT_LINK
from integrations.dialects.enterprise.ids import id_field
from integrations.dialects.enterprise.presenters.payment_links import present_payment_link
from integrations.dialects.enterprise.shapes import payment_links as SHAPES
from integrations.dialects.enterprise.views.base import (
    BY_CREATION,
    BY_UPDATE,
    EnterpriseView,
    list_query,
)
from integrations.dialects.enterprise.words import PAYMENT_LINK_STATUSES

LIST = list_query(
    "payment link",
    status=Choice(table=PAYMENT_LINK_STATUSES),
    invoice_id=id_field("invoice", name="invoice__uuid"),
    product_id=id_field("product", name="product__uuid"),
    currency=CurrencyCode(),
    created_at=InstantRange(),
    expires_at=InstantRange(),
)
SORTS = {**BY_CREATION, **BY_UPDATE}


class PaymentLinkView(EnterpriseView):
    """What all of them share."""

    def shown(self, link: PaymentLink) -> dict[str, Any]:
        return present_payment_link(payment_link_snapshot(link, state=link_status(link, self.at)))


class PaymentLinkList(PaymentLinkView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List payment links",
            scopes=("payments:read",),
            query=LIST,
            answer=SHAPES.PAYMENT_LINKS,
        ),
        "POST": Endpoint(
            summary="Create a payment link",
            scopes=("payments:write", "invoices:write"),
            body=PAYMENT_LINK,
            answer=SHAPES.PAYMENT_LINK,
            status=201,
            description="For an issued invoice (`invoice_id`, with `amount` for a part of it), a"
            " product (`product_id`, `quantity`), or anything else (`name` with `amount`, which"
            " includes the tax of `tax_profile_id`). Without an invoice, whoever opens the link"
            " gives name and e-mail address, which makes a customer and an issued invoice.",
            errors=(
                InvoiceNotIssued,
                InvoiceVoid,
                AlreadySettled,
                AmountExceedsDue,
                OtherCurrency,
                ProductNotForSale,
                TaxProfileRetired,
            ),
            example={"invoice_id": "inv_…", "expires_at": "2025-03-31T22:00:00Z"},
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        page = PageRequest.taken_from(query)
        rows = list_payment_links(self.actor.organization_id)
        if "status" in query:
            rows = with_link_status(rows, query.pop("status"), self.at)
        return self.list_answer(filtered(rows, query), page, self.shown, sorts=SORTS)

    def post(self, request: HttpRequest) -> HttpResponse:
        link = payment_links.create_payment_link(actor=self.actor, at=self.at, **self.body())
        shown = self.shown(link)
        return self.answer(shown, 201, location=f"/v1/payment-links/{shown['id']}")


class PaymentLinkDetail(PaymentLinkView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve a payment link",
            scopes=("payments:read",),
            answer=SHAPES.PAYMENT_LINK,
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        reference = self.uuid_of("payment link", id)
        return self.answer(self.shown(get_payment_link(self.actor.organization_id, reference)))


class PaymentLinkDeactivate(PaymentLinkView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Deactivate a payment link",
            scopes=("payments:write",),
            body=NO_BODY,
            answer=SHAPES.PAYMENT_LINK,
            description="For good: make a new one instead of reviving it.",
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        self.body()
        link = payment_links.deactivate_payment_link(
            actor=self.actor, at=self.at, payment_link_id=self.uuid_of("payment link", id)
        )
        return self.answer(self.shown(link))
