"""/api/v0/payment-links."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from billing.models import PaymentLink
from billing.operations import payment_links
from billing.operations.payables import AlreadySettled
from billing.queries.payment_links import (
    get_payment_link,
    link_status,
    list_payment_links,
    with_link_status,
)
from core.errors import InvalidValue
from integrations.dialects.base.endpoint import Endpoints, partial_update
from integrations.dialects.wallet import bodies, shapes
from integrations.dialects.wallet.lookups import refer_id
from integrations.dialects.wallet.presenters import present_link
from integrations.dialects.wallet.views.base import (
    WalletView,
    changing,
    creating,
    deleting,
    listing,
    reading,
)
from integrations.dialects.wallet.words import LINK_STATUSES

EXAMPLE = {
    "title": "Workshop",
    "linkType": "COLLECTION",
    "amount": 49.99,
    "currency": "USD",
    "expiration_date": "2024-12-31T23:59:59.000Z",
}
# Which fields say what is paid for, by the type of the link.
_NEEDED = {"INVOICE": "invoice_id", "PRODUCT": "product_id"}
_WIRE = {"invoice_id": "invoiceId", "product_id": "productId", "amount": "amount"}


class LinkView(WalletView):
    def shown(self, row: PaymentLink) -> dict[str, Any]:
        return present_link(row, link_status(row, self.at), _type(row))

    def row(self, id: str) -> PaymentLink:
        found = self.path_uuid("payment link", id)
        return get_payment_link(self.actor.organization_id, found)


class LinkList(LinkView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing(
            "payment links",
            "payments:read",
            shapes.LINK,
            status=bodies.Word(words=tuple(LINK_STATUSES.values())),
        ),
        "POST": creating(
            "a payment link",
            "payments:write",
            bodies.LINK,
            shapes.LINK,
            description="`INVOICE` needs `invoiceId`, `PRODUCT` `productId`, the others `title`,"
            " `amount` and `currency`. Takes `invoices:write` too.",
            errors=(AlreadySettled,),
            example=EXAMPLE,
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        rows = list_payment_links(self.actor.organization_id)
        if word := query.get("status"):
            ours = next(each for each, wire in LINK_STATUSES.items() if wire == word)
            rows = with_link_status(rows, ours, self.at)
        found, total = self.slice(rows, query)
        return self.listed([self.shown(row) for row in found], total)

    def post(self, request: HttpRequest) -> HttpResponse:
        made = payment_links.create_payment_link(**self.who, **_wanted(self.body()))
        where = f"/api/v0/payment-links/{made.uuid}"
        return self.answer(self.shown(self.row(str(made.uuid))), 201, location=where)


class LinkDetail(LinkView):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("a payment link", "payments:read", shapes.LINK),
        **partial_update(
            changing(
                "a payment link",
                "payments:write",
                bodies.LINK_UPDATE,
                shapes.LINK,
                description="What is not sent stays. `INACTIVE` closes the link for good.",
                example={"expiration_date": "2025-12-31T23:59:59.000Z"},
            )
        ),
        "DELETE": deleting("a payment link", "payments:write", description="Closes it."),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.answer(self.shown(self.row(id)))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        row, values = self.row(id), self.body()
        status = values.pop("status", "")
        is_open = row.status == PaymentLink.Status.ACTIVE
        if status == "ACTIVE" and not is_open:
            raise InvalidValue("status cannot be ACTIVE again: make a new link", param="status")
        if row.invoice_id is not None:
            values.pop("name", None)
        if values:
            payment_links.update_payment_link(**self.who, payment_link_id=row.pk, **values)
        if status == "INACTIVE" and is_open:
            payment_links.deactivate_payment_link(**self.who, payment_link_id=row.pk)
        return self.answer(self.shown(self.row(id)))

    def patch(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.put(request, id)

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        row = self.row(id)
        if row.status == PaymentLink.Status.ACTIVE:
            payment_links.deactivate_payment_link(**self.who, payment_link_id=row.pk)
        return self.done("Payment link closed")


def _type(row: PaymentLink) -> str:
    if row.invoice_id is not None:
        return "INVOICE"
    if row.product_id is not None:
        return "PRODUCT"
    return str(row.metadata.get("link_type") or "COLLECTION")


def _wanted(values: dict[str, Any]) -> dict[str, Any]:
    """The body as the operation takes it. Raises InvalidValue, UnknownReference."""
    word = values.pop("linkType")
    needed = _NEEDED.get(word, "amount")
    if not values.get(needed):
        raise InvalidValue(f"{_WIRE[needed]} should not be empty", param=needed)
    for name, noun in (("invoice_id", "invoice"), ("product_id", "product")):
        reference = values.pop(name, "")
        if name == needed:
            values[name] = refer_id(noun, reference, name)
    if word == "INVOICE":
        # It says itself what it is for.
        values.pop("name", None)
        values.pop("quantity", None)
    elif word == "PRODUCT":
        values.pop("amount", None)
    else:
        values.pop("quantity", None)
        values["metadata"] = {"link_type": word}
    return values
