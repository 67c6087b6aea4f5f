"""Rows as /api/v0 shows them."""

from decimal import Decimal
from typing import Any

from django.conf import settings

from accounts.models import App
from billing.models import (
    Customer,
    Invoice,
    InvoiceLine,
    Payment,
    PaymentLink,
    PaymentRequest,
    Product,
    TaxProfile,
    Wallet,
)
from billing.queries.invoices import status_word
from integrations.dialects.base.figures import money, price, written
from integrations.dialects.wallet.figures import midnight, moment
from integrations.dialects.wallet.scene import Scene
from integrations.dialects.wallet.words import (
    BLACKLISTED,
    BLOCKCHAINS,
    CUSTOMER_STATUSES,
    DELIVERIES,
    INVOICE_STATUSES,
    LINK_STATUSES,
    METHODS,
    PAID_BY,
    PRODUCT_TYPES,
)

Shown = dict[str, Any]


def present_invoice(row: Invoice, scene: Scene, status: str | None = None) -> Shown:
    """An invoice with everything that hangs on it; `status` says otherwise than the row."""
    request = next(iter(row.payment_requests.all()), None)
    payments = scene.payments.get(row.uuid, [])
    status = status or INVOICE_STATUSES[status_word(row, scene.today)]
    received = [each for each in payments if each.status == Payment.Status.SUCCEEDED]
    pending = any(each.status == Payment.Status.PENDING for each in payments)
    currency = row.currency
    link = scene.links.get(row.pk)
    return {
        "id": str(row.uuid),
        "invoice_number": row.number,
        **_own(row, request),
        "customer_id": str(row.customer.uuid),
        "due_date": midnight(row.due_date),
        "date_created": moment(row.created_at),
        "updated_at": moment(row.updated_at),
        "status": status,
        "reminder_sent": row.pk in scene.reminded,
        "paidAt": moment(row.paid_at),
        "paymentMetadata": _payment_metadata(received[-1]) if received else None,
        "paymentStatus": _payment_state(row, received, pending=pending),
        "currency": currency,
        "subtotal": money(row.subtotal, currency),
        "tax_amount": money(row.tax_total, currency),
        "total": money(row.total, currency),
        "amount_paid": money(row.amount_paid, currency),
        "amount_due": money(row.amount_due, currency),
        "payment_url": f"{settings.BASE_URL}/pay/{link.public_token}" if link else None,
        "public_url": None if row.is_draft else f"{settings.BASE_URL}/i/{row.public_token}",
        "customer": _brief_customer(row.customer),
        "items": [_item(row, line) for line in row.lines.all()],
        "transactions": [present_transaction(each) for each in payments],
    }


def present_customer(row: Customer, last: Payment | None, app: App) -> Shown:
    """`last` is the customer's latest payment."""
    return {
        **_brief_customer(row),
        "phone_number": row.phone,
        "customer_type": row.metadata.get("customer_type")
        or ("Individual" if row.kind == Customer.Kind.INDIVIDUAL else "Business"),
        "last_spent": money(last.amount, last.currency) if last else None,
        "last_purchase_date": midnight(last.payment_date) if last else None,
        "app_id": str(app.uuid),
        "appId": str(app.uuid),
        "created_at": moment(row.created_at),
        "createdAt": moment(row.created_at),
        "updated_at": moment(row.updated_at),
        "updatedAt": moment(row.updated_at),
    }


def present_product(row: Product, app: App) -> Shown:
    return {
        "id": str(row.uuid),
        "name": row.name,
        "description": row.description,
        "price": price(row.unit_price, row.currency),
        "currency": row.currency,
        "productType": PRODUCT_TYPES.to_wire(row.kind),
        "status": "ACTIVE" if row.is_active else "INACTIVE",
        "unit": row.unit,
        "sku": row.sku,
        "app_id": str(app.uuid),
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


def present_tax(row: TaxProfile, app: App) -> Shown:
    return {
        **_brief_tax(row),
        "inclusive": row.is_inclusive,
        "currency": row.currency or None,
        "region": row.jurisdiction,
        "description": row.description,
        "active": row.is_active,
        "appIds": [str(app.uuid)],
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


def present_wallet(row: Wallet) -> Shown:
    account = row.bank_account
    names = ("bank_name", "iban", "bic", "account_number", "routing_number")
    bank = None
    if account is not None:
        bank = {name: getattr(account, name) for name in names} | {"account_holder": account.name}
    return {
        **_brief_wallet(row),
        "token_contract": row.token_contract or None,
        "bank_account": bank,
        "is_default": row.is_default,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


def present_link(row: PaymentLink, state: str, link_type: str) -> Shown:
    """`state` is billing's word for where the link stands."""
    asked = row.amount
    if asked is None and row.invoice is not None:
        asked = row.invoice.amount_due
    return {
        "id": str(row.uuid),
        "title": row.name,
        "linkType": link_type,
        "url": f"{settings.BASE_URL}/pay/{row.public_token}",
        "status": LINK_STATUSES[state],
        "invoiceId": str(row.invoice.uuid) if row.invoice else None,
        "productId": str(row.product.uuid) if row.product else None,
        "quantity": written(row.quantity),
        "amount": None if asked is None else money(asked, row.currency),
        "currency": row.currency,
        "description": row.description,
        "expiration_date": moment(row.expires_at),
        "limit": row.max_uses,
        "times_used": row.times_used,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


def present_transaction(row: Payment) -> Shown:
    return {
        "id": str(row.uuid),
        "number": row.number,
        "amount": money(row.amount, row.currency),
        "currency": row.currency,
        "status": row.status.upper(),
        "payment_method": PAID_BY.to_wire(row.method),
        "reference": row.transaction_id or row.reference,
        "date": midnight(row.payment_date),
        "created_at": moment(row.created_at),
    }


def _own(row: Invoice, request: PaymentRequest | None) -> Shown:
    """What the application said; of other invoices, what can be said without one."""
    if request is None:
        return {
            **dict.fromkeys(("app_id", "logo", "walletId", "send_date", "taxId")),
            **dict.fromkeys(("app", "wallet", "tax")),
            "name": row.lines.all()[0].name if row.lines.all() else "",
            "email": row.customer.email,
            "address": row.customer.address_line1 or None,
            "phone_number": row.customer.phone or None,
            "payment_methods": [],
            "delivery": "EMAIL" if row.sent_at else "MANUALLY",
            "payment_link": False,
            "partial_payment": False,
        }
    app, tax = request.app, request.tax_profile
    return {
        "name": request.name,
        "app_id": str(app.uuid),
        "email": request.email,
        "address": request.address or None,
        "phone_number": request.phone or None,
        "logo": request.logo_url or None,
        "walletId": str(request.wallet.uuid),
        "send_date": midnight(request.send_date),
        "payment_methods": [METHODS.to_wire(each) for each in request.methods],
        "delivery": DELIVERIES.to_wire(request.delivery),
        "payment_link": request.wants_link,
        "partial_payment": request.allows_partial_payment,
        "taxId": str(tax.uuid) if tax else None,
        "app": {"id": str(app.uuid), "name": app.name},
        "wallet": _brief_wallet(request.wallet),
        "tax": _brief_tax(tax) if tax else None,
    }


def _brief_customer(row: Customer) -> Shown:
    return {
        "id": str(row.uuid),
        "email": row.email,
        "name": row.name,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "status": customer_status(row),
    }


def customer_status(row: Customer) -> str:
    """The document's word."""
    is_marked = row.metadata.get("blacklisted") is True
    if is_marked and row.status == Customer.Status.INACTIVE:
        return BLACKLISTED
    return CUSTOMER_STATUSES.to_wire(row.status)


def _brief_wallet(row: Wallet) -> Shown:
    account = row.bank_account
    address = row.address or (account and (account.iban or account.account_number)) or ""
    return {
        "id": str(row.uuid),
        "name": row.name,
        "address": address,
        "blockchain": BLOCKCHAINS.to_wire(row.blockchain) if row.blockchain else None,
        "type": "APP",
        "currency": row.currency,
    }


def _brief_tax(row: TaxProfile) -> Shown:
    is_fixed = row.kind == TaxProfile.Kind.FIXED
    rate = row.fixed_amount if is_fixed else row.rate
    return {
        "id": str(row.uuid),
        "name": row.name,
        "rate": _plain(rate),
        "type": tax_type(row),
        # Of a fixed tax there is none.
        "percentage": None if is_fixed else _plain(row.rate),
    }


def tax_type(row: TaxProfile) -> str:
    """The document's word."""
    if row.kind == TaxProfile.Kind.FIXED:
        return "FIXED"
    return "COMPOUND" if row.is_compound else "PERCENTAGE"


def _item(invoice: Invoice, line: InvoiceLine) -> Shown:
    product = line.product
    product_id = str(product.uuid) if product else None
    currency = product.currency if product else invoice.currency
    unit_price = product.unit_price if product else line.unit_price
    return {
        "id": str(line.uuid),
        "invoice_id": str(invoice.uuid),
        "productId": product_id,
        "product_id": product_id,
        "quantity": _plain(line.quantity),
        "product": {
            "id": product_id,
            "name": line.name,
            "price": price(unit_price, currency),
            "currency": currency,
        },
    }


def _payment_metadata(payment: Payment) -> Shown:
    shown = present_transaction(payment)
    return {name: shown[name] for name in ("amount", "currency", "payment_method", "reference")}


def _payment_state(row: Invoice, received: list[Payment], *, pending: bool) -> str | None:
    if received:
        return "COMPLETED" if not row.amount_due else "PARTIAL"
    return "PENDING" if pending else None


def _plain(number: Decimal) -> Decimal | int:
    is_whole = number == number.to_integral_value()
    return int(number) if is_whole else written(number.normalize())
