"""Invoices of applications: made with the way in which they are to be delivered and paid."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.models import App
from billing.lifecycle import INVOICE
from billing.models import Invoice, PaymentLink, PaymentRequest, Settlement, TaxProfile, Wallet
from billing.operations.app_prices import Item, books_rate, lines_of
from billing.operations.app_series import ensure_series_of_app
from billing.operations.fields import cleaned
from billing.operations.invoices import create_invoice, update_invoice
from billing.operations.issuing import issue_invoice
from billing.operations.locks import lock_invoice
from billing.operations.payment_links import create_payment_link, deactivate_payment_link
from billing.operations.sending import request_send
from billing.queries.invoices import get_invoice
from billing.queries.lookup import Ref, find
from billing.queries.organizations import get_organization, today
from billing.schedule import end_of_day
from core.errors import DomainError, InvalidValue, Kind
from core.events import emit

SOURCE = "wallet"
_TEXTS = frozenset({"name", "email", "address", "phone", "logo_url", "logo"})
_CHOICES = frozenset({"delivery", "allows_partial_payment", "wants_link", "send_date"})
EDITABLE = _TEXTS | _CHOICES | {"methods"}
# What making an invoice with a link allows for that link.
_FOR_LINK = frozenset({"payments:write", "invoices:write"})


class NoPaymentRequest(DomainError):
    kind, code = Kind.CONFLICT, "no_payment_request"
    message = "Invoice {number} was not made by an application: it has no '{field}'."


@transaction.atomic
def create_app_invoice(
    *,
    actor: Actor,
    at: datetime.datetime,
    app: App,
    wallet: Wallet,
    customer_id: Ref,
    items: Sequence[Item],
    due_date: datetime.date,
    currency: str,
    is_open: bool,
    tax_profile: TaxProfile | None = None,
    **request: Any,
) -> Invoice:
    """An invoice in the application's own series; `request` takes what is in EDITABLE.

    An open one is issued at once and mailed on its send date, at once without one. A draft
    with a send date is issued, and mailed, on that day. Prices are those of the products in
    `currency`. Raises Forbidden, InvalidValue, UnknownReference, and what create_invoice,
    issue_invoice and request_send raise.
    """
    actor.require("invoices:write")
    organization = get_organization(actor.organization_id)
    now = today(organization, at)
    _check_dates(now, due_date, request.get("send_date"))
    ensure_series_of_app(
        organization=organization, document="invoice", at=at, name=app.number_series
    )
    issue_date = now if is_open else max(now, request.get("send_date") or now)
    invoice = create_invoice(
        actor=actor,
        at=at,
        customer_id=customer_id,
        lines=lines_of(items, currency=currency, tax_profile=tax_profile, on=issue_date),
        issue_date=issue_date,
        due_date=due_date,
        currency=currency,
        exchange_rate=books_rate(organization.pk, currency, organization.base_currency, issue_date),
        source=SOURCE,
        number_series=app.number_series,
    )
    made = PaymentRequest(
        organization_id=organization.pk,
        invoice=invoice,
        app=app,
        wallet=wallet,
        tax_profile=tax_profile,
        created_at=at,
        updated_at=at,
    )
    _apply(made, request)
    made.release_on = made.send_date
    made.save(force_insert=True)
    _emit("payment_request.created", made, actor, at, sequence=1)
    if is_open:
        _open(made, actor, at, now)
    return get_invoice(organization.pk, invoice.pk)


@transaction.atomic
def update_app_invoice(
    *,
    actor: Actor,
    at: datetime.datetime,
    invoice_id: Ref,
    opens: bool = False,
    items: Sequence[Item] | None = None,
    wallet: Wallet | None = None,
    tax_profile: TaxProfile | None = None,
    changes_tax: bool = False,
    currency: str | None = None,
    request: dict[str, Any],
    **invoice: Any,
) -> Invoice:
    """Change a draft in any way, an issued invoice in what may still change; `opens` issues it.

    `request` takes what is in EDITABLE, `invoice` customer_id and due_date. Raises Forbidden,
    NotFound, NoPaymentRequest, InvalidValue, InvoiceFinalized, and what issuing raises.
    """
    actor.require("invoices:write")
    row = lock_invoice(actor.organization_id, invoice_id)
    now = today(row.organization, at)
    own = PaymentRequest.objects.of(actor.organization_id).select_for_update()
    found = own.filter(invoice=row).first()
    if found is None:
        _require_nothing_own(row, {**request, "wallet": wallet, "items": items, "opens": opens})
    due = invoice.get("due_date", row.due_date)
    if due != row.due_date or "send_date" in request:
        send_date = request.get("send_date", found.send_date if found else None)
        _check_dates(now, due, send_date)
    if found is not None:
        if wallet is not None:
            found.wallet = wallet
        if changes_tax:
            found.tax_profile = tax_profile
        if items is None and (changes_tax or currency not in (None, row.currency)):
            items = _items_of(get_invoice(row.organization_id, row.pk))
        if items is not None:
            wanted = currency or row.currency
            invoice["lines"] = lines_of(
                items, currency=wanted, tax_profile=found.tax_profile, on=row.issue_date
            )
            if wanted != row.currency:
                invoice["currency"] = wanted
    if invoice:
        update_invoice(actor=actor, at=at, invoice_id=row.pk, **invoice)
    if found is not None:
        _change_request(found, request, actor, at)
        if opens:
            _open(found, actor, at, now)
    return get_invoice(row.organization_id, row.pk)


@transaction.atomic
def release(*, actor: Actor, at: datetime.datetime, request_id: int) -> bool:
    """Let an invoice go out whose day has come; whether there was still anything to do.

    A draft is issued, and dated that day. Raises what issuing and mailing raise.
    """
    rows = PaymentRequest.objects.of(actor.organization_id)
    invoice_id = find(rows, request_id, "payment request").invoice_id
    invoice = lock_invoice(actor.organization_id, invoice_id)
    now = today(invoice.organization, at)
    request = rows.select_for_update().get(pk=request_id)
    if request.release_on is None or request.release_on > now:
        return False
    request.release_on = None
    request.updated_at = at
    request.save(update_fields=["release_on", "updated_at"])
    is_wanted = INVOICE.allows(invoice.status, "issue") or (
        INVOICE.allows(invoice.status, "void") and invoice.sent_at is None
    )
    if is_wanted:
        _go_out(request, actor, at, now)
        _emit("payment_request.released", request, actor, at)
    return True


@transaction.atomic
def give_up(*, actor: Actor, at: datetime.datetime, request_id: int, reason: str) -> None:
    """Note that an invoice could not go out by itself, and why; a person must look at it."""
    rows = PaymentRequest.objects.of(actor.organization_id).select_for_update()
    request = find(rows, request_id, "payment request")
    request.release_on, request.release_error = None, reason[:300]
    request.updated_at = at
    request.save(update_fields=["release_on", "release_error", "updated_at"])
    _emit("payment_request.failed", request, actor, at)


def request_snapshot(request: PaymentRequest) -> dict[str, Any]:
    """The request as events show it."""
    return {
        "uuid": str(request.uuid),
        "invoice": str(request.invoice.uuid),
        "app": str(request.app.uuid),
        "wallet": str(request.wallet.uuid),
        "tax_profile": str(request.tax_profile.uuid) if request.tax_profile else None,
        **{name: getattr(request, name) for name in sorted(EDITABLE - {"logo"})},
        "release_on": request.release_on,
        "release_error": request.release_error,
    }


def _check_dates(
    now: datetime.date, due_date: datetime.date, send_date: datetime.date | None
) -> None:
    if due_date < now:
        raise InvalidValue("Due date cannot be in the past", param="due_date")
    if send_date is not None and send_date > due_date:
        raise InvalidValue("Send date cannot be after due date", param="send_date")


def _apply(request: PaymentRequest, values: dict[str, Any]) -> None:
    plain = {name: value for name, value in values.items() if name != "methods"}
    for name, value in cleaned(PaymentRequest, plain, EDITABLE).items():
        setattr(request, name, value)
    if "methods" in values:
        request.methods = list(dict.fromkeys(values["methods"]))


def _change_request(
    request: PaymentRequest,
    changes: dict[str, Any],
    actor: Actor,
    at: datetime.datetime,
) -> None:
    before = request_snapshot(PaymentRequest.objects.get(pk=request.pk))
    _apply(request, changes)
    invoice = request.invoice
    if "send_date" in changes and (invoice.is_draft or before["release_on"] is not None):
        request.release_on, request.release_error = request.send_date, ""
    after = request_snapshot(request)
    previous = {key: value for key, value in before.items() if after[key] != value}
    if not previous:
        return
    request.updated_at = at
    request.save(force_update=True)
    _emit("payment_request.updated", request, actor, at, previous=previous)
    if "wants_link" in previous and not invoice.is_draft:
        _set_link(request, actor, at)


def _open(request: PaymentRequest, actor: Actor, at: datetime.datetime, now: datetime.date) -> None:
    """Issue it; mail it at once, unless its day is still to come."""
    is_due = request.send_date is None or request.send_date <= now
    by_mail = request.delivery == PaymentRequest.Delivery.EMAIL
    request.release_on = None if is_due or not by_mail else request.send_date
    request.save(update_fields=["release_on"])
    if is_due:
        _go_out(request, actor, at, now)
    else:
        _issue(request, actor, at, now)
        _set_link(request, actor, at)


def _go_out(
    request: PaymentRequest, actor: Actor, at: datetime.datetime, now: datetime.date
) -> None:
    _issue(request, actor, at, now)
    if request.delivery == PaymentRequest.Delivery.EMAIL:
        request_send(actor=actor, at=at, invoice_id=request.invoice_id, to=[request.email])
    _set_link(request, actor, at)


def _issue(
    request: PaymentRequest, actor: Actor, at: datetime.datetime, now: datetime.date
) -> None:
    invoice = get_invoice(request.organization_id, request.invoice_id)
    if not INVOICE.allows(invoice.status, "issue"):
        return
    # It is dated the day it goes out, and after an outage no later than it is due.
    day = min(now, invoice.due_date)
    if invoice.issue_date != day:
        update_invoice(actor=actor, at=at, invoice_id=invoice.pk, issue_date=day)
    issue_invoice(actor=actor, at=at, invoice_id=invoice.pk)


def _set_link(request: PaymentRequest, actor: Actor, at: datetime.datetime) -> None:
    """A payment link where one is wanted and there is something to pay; none where not."""
    invoice = get_invoice(request.organization_id, request.invoice_id)
    rows = PaymentLink.objects.of(request.organization_id).filter(
        invoice=invoice, status=PaymentLink.Status.ACTIVE
    )
    granted = replace(actor, scopes=actor.scopes | _FOR_LINK)
    if not request.wants_link:
        for link in rows.order_by("pk"):
            deactivate_payment_link(actor=granted, at=at, payment_link_id=link.pk)
    elif not rows.exists() and invoice.settlement != Settlement.PAID:
        ends = end_of_day(invoice.due_date, invoice.organization.timezone)
        create_payment_link(
            actor=granted,
            at=at,
            invoice_id=invoice.pk,
            expires_at=ends if request.app.links_expire and ends > at else None,
        )


def _items_of(invoice: Invoice) -> list[Item]:
    """The products of an invoice that an application made: it has no other lines."""
    return [
        Item(line.product, line.quantity)
        for line in invoice.lines.all()
        if line.product is not None
    ]


def _require_nothing_own(invoice: Invoice, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if value not in (None, False, "", []):
            raise NoPaymentRequest(
                number=invoice.number or "without number", field=name, param=name
            )


def _emit(
    type: str,
    request: PaymentRequest,
    actor: Actor,
    at: datetime.datetime,
    sequence: int | None = None,
    previous: dict[str, Any] | None = None,
) -> None:
    emit(
        type,
        subject=request,
        data=request_snapshot(request),
        previous=previous,
        actor=actor,
        at=at,
        sequence=sequence,
    )
