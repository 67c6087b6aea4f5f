"""/api/v0/invoices."""

import datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from billing.models import Invoice
from billing.models.invoices import InvoiceQuerySet
from billing.operations import invoices, payment_requests
from billing.queries.invoices import STATUS_WORDS, status_word, with_status
from billing.queries.wallets import request_of
from core.errors import InvalidValue, NotFound
from integrations.dialects.base.endpoint import Endpoints, partial_update
from integrations.dialects.wallet import bodies, shapes
from integrations.dialects.wallet.ids import read_id
from integrations.dialects.wallet.lookups import (
    find_customer,
    find_items,
    find_tax,
    find_wallet,
)
from integrations.dialects.wallet.presenters import present_invoice
from integrations.dialects.wallet.refusals import (
    CustomerBlacklisted,
    Missing,
    ProductMissing,
    StatusNotSettable,
)
from integrations.dialects.wallet.scene import scene_of, shown_invoices
from integrations.dialects.wallet.views.base import (
    WalletView,
    changing,
    creating,
    deleting,
    listing,
    reading,
)
from integrations.dialects.wallet.words import INVOICE_STATUSES
from integrations.fetching import fetch_logo
from integrations.http import AddressRefused, InvalidUrl

EXAMPLE = {
    "name": "Website Development Services",
    "email": "client@example.com",
    "customer_id": "550e8400-e29b-41d4-a716-446655440000",
    "walletId": "0195a3c0-0000-7000-8000-000000000001",
    "items": [{"product_id": "0195a3c0-0000-7000-8000-000000000002", "quantity": 1}],
    "due_date": "2024-02-15",
    "delivery": "EMAIL",
    "payment_link": True,
    "payment_methods": ["CRYPTO", "BANK_TRANSFER"],
    "status": "OPEN",
    "partial_payment": False,
}
_NAMED = (Missing, ProductMissing, CustomerBlacklisted)


class InvoiceView(WalletView):
    """An invoice body may name a picture elsewhere: it is fetched before anything is written."""

    fetched_logo: str | None = None

    def read(self, request: HttpRequest) -> dict[str, Any]:
        body = super().read(request)
        url = body.get("logo")
        if isinstance(url, str) and url.strip():
            self.fetched_logo = _fetched(url.strip(), self.actor.organization_id)
        return body

    def with_logo(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values with what was fetched from `logo_url`."""
        return {**values, "logo": self.fetched_logo or ""} if "logo_url" in values else values

    def shown(self, reference: Any) -> dict[str, Any]:
        """One invoice as it is answered. Raises NotFound, also for a void one."""
        row = self.row(reference)
        return present_invoice(row, scene_of(row.organization_id, [row], self.today))

    def row(self, reference: Any) -> Invoice:
        row = shown_invoices(self.actor.organization_id).filter(uuid=reference).first()
        if row is None:
            raise NotFound(noun="invoice", id=str(reference))
        return row


class InvoiceList(InvoiceView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing(
            "invoices",
            "invoices:read",
            shapes.INVOICE,
            status=bodies.Word(words=bodies.STATUS_WORDS),
            customer=bodies.Named(description="The id of a customer."),
            from_date=bodies.CivilDay(description="Created on that day or later."),
            to_date=bodies.CivilDay(description="Created on that day or before."),
        ),
        "POST": creating(
            "an invoice",
            "invoices:write",
            bodies.INVOICE,
            shapes.INVOICE,
            description="`OPEN` issues it, and mails it on `send_date`, at once without one. A"
            " draft with a `send_date` goes out on that day. Without `walletId` the default"
            " wallet of `currency` is paid to.",
            errors=_NAMED,
            example=EXAMPLE,
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        organization_id = self.actor.organization_id
        rows = shown_invoices(organization_id).filter(_between(query, self.organization.timezone))
        if word := query.get("status"):
            rows = _with_status(rows, organization_id, word, self.today)
        if customer := query.get("customer"):
            rows = rows.filter(customer__uuid=read_id(customer))
        found, total = self.slice(rows, query)
        scene = scene_of(organization_id, found, self.today)
        return self.listed([present_invoice(row, scene) for row in found], total)

    def post(self, request: HttpRequest) -> HttpResponse:
        values = self.with_logo(self.body())
        organization_id = self.actor.organization_id
        currency = values.pop("currency", None)
        customer = find_customer(organization_id, values.pop("customer_id"))
        wallet = find_wallet(organization_id, values.pop("wallet", ""), currency)
        made = payment_requests.create_app_invoice(
            **self.who,
            app=self.app,
            wallet=wallet,
            customer_id=customer.pk,
            items=find_items(organization_id, values.pop("items")),
            tax_profile=find_tax(organization_id, values.pop("tax", None)),
            currency=_currency(currency, wallet.currency),
            is_open=values.pop("status") == "OPEN",
            **values,
        )
        return self.answer(self.shown(made.uuid), 201, location=f"/api/v0/invoices/{made.uuid}")


class InvoiceDetail(InvoiceView):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("an invoice", "invoices:read", shapes.INVOICE),
        **partial_update(
            changing(
                "an invoice",
                "invoices:write",
                bodies.INVOICE_UPDATE,
                shapes.INVOICE,
                description="What is not sent stays. `status: OPEN` issues a draft. What was"
                " issued keeps its customer, items and tax; `PAID` comes of payments only.",
                errors=(*_NAMED, StatusNotSettable, payment_requests.NoPaymentRequest),
                example={"status": "OPEN", "due_date": "2024-03-01"},
            )
        ),
        "DELETE": deleting("a draft", "invoices:write"),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.answer(self.shown(self.path_uuid("invoice", id)))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        values = self.with_logo(self.body())
        row = self.row(self.path_uuid("invoice", id))
        opens = _opens(values.pop("status", None), row, self.today)
        changes = self._changes(row, values)
        with transaction.atomic():
            payment_requests.update_app_invoice(
                **self.who, invoice_id=row.pk, opens=opens, request=values, **changes
            )
        return self.answer(self.shown(row.uuid))

    def patch(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.put(request, id)

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        row = self.row(self.path_uuid("invoice", id))
        invoices.delete_invoice(**self.who, invoice_id=row.pk)
        return self.done("Invoice deleted")

    def _changes(self, row: Invoice, values: dict[str, Any]) -> dict[str, Any]:
        """What really changes of invoice and money, taken out of the values.

        Clients send back what they got: the same again is no change.
        """
        organization_id = self.actor.organization_id
        own = request_of(organization_id, row.pk)
        changes: dict[str, Any] = {}
        if "due_date" in values:
            changes["due_date"] = values.pop("due_date")
        customer = values.pop("customer_id", None)
        if customer is not None and customer != row.customer.uuid:
            changes["customer_id"] = find_customer(organization_id, customer).pk
        items = values.pop("items", None)
        if items is not None:
            found = find_items(organization_id, items)
            have = [(line.product_id, line.quantity) for line in row.lines.all()]
            if [(item.product.pk, item.quantity) for item in found] != have:
                changes["items"] = found
        reference, currency = values.pop("wallet", ""), values.pop("currency", None)
        if reference:
            wallet = find_wallet(organization_id, reference, None)
            if own is None or wallet.pk != own.wallet_id:
                changes["wallet"] = wallet
                currency = _currency(currency, wallet.currency)
        elif currency and own and currency != own.wallet.currency:
            changes["wallet"] = find_wallet(organization_id, "", currency)
        if currency and currency != row.currency:
            changes["currency"] = currency
        if "tax" in values:
            tax = find_tax(organization_id, values.pop("tax"))
            if (tax and tax.pk) != (own and own.tax_profile_id):
                changes |= {"tax_profile": tax, "changes_tax": True}
        if own and values.get("logo_url") == own.logo_url:
            # The same picture is not fetched anew.
            values.pop("logo_url")
            values.pop("logo", None)
        return changes


def _currency(given: str | None, wallets: str) -> str:
    if given is not None and given != wallets:
        raise InvalidValue(
            f"currency must be {wallets}, which the wallet receives", param="currency"
        )
    return wallets


def _opens(word: str | None, row: Invoice, today: datetime.date) -> bool:
    """Whether the status that was sent issues the draft. Raises StatusNotSettable."""
    now = INVOICE_STATUSES[status_word(row, today)]
    if word is None or word == now:
        return False
    if (now, word) != ("DRAFT", "OPEN"):
        raise StatusNotSettable(old=now, new=word)
    return True


def _with_status(
    rows: InvoiceQuerySet, organization_id: int, word: str, today: datetime.date
) -> InvoiceQuerySet:
    """The rows whose status the presenter calls so."""
    ours = [each for each in STATUS_WORDS if INVOICE_STATUSES[each] == word]
    condition = Q()
    for each in ours:
        bare = Invoice.objects.of(organization_id)
        condition |= Q(pk__in=with_status(bare, each, today).values("pk"))
    return rows.filter(condition)


def _between(query: dict[str, Any], zone: str) -> Q:
    """Created on these days, by the organization's calendar."""
    condition = Q()
    if day := query.get("from_date"):
        condition &= Q(created_at__gte=_midnight(day, zone))
    if day := query.get("to_date"):
        condition &= Q(created_at__lt=_midnight(day + datetime.timedelta(days=1), zone))
    return condition


def _midnight(day: datetime.date, zone: str) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), ZoneInfo(zone))


def _fetched(url: str, organization_id: int) -> str:
    """The stored picture at that address; empty where none can be had. Raises InvalidValue."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address or len(url) > 2_000:
        raise InvalidValue("logo must be a URL address", param="logo_url")
    if parts.scheme != "https":
        return ""
    try:
        return fetch_logo(url, organization_id=organization_id)
    except (InvalidUrl, AddressRefused):
        raise InvalidValue(
            "logo must be a URL address on the public web", param="logo_url"
        ) from None
