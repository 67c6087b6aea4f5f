"""What /api/v0 answers: bare objects, and bare lists of them."""

from integrations.dialects.base.shapes import (
    Many,
    Node,
    Shape,
    Value,
    choice,
    flag,
    maybe,
    moment,
    number,
    text,
    whole,
)
from integrations.dialects.wallet.words import (
    BLACKLISTED,
    BLOCKCHAINS,
    CUSTOMER_STATUSES,
    CUSTOMER_TYPES,
    DELIVERIES,
    LINK_STATUSES,
    LINK_TYPES,
    METHODS,
    PAID_BY,
    PRODUCT_TYPES,
    STATUS_WORDS,
    TAX_TYPES,
)

_TIMES: dict[str, Node] = {"created_at": moment(), "updated_at": moment()}

FAULT = Shape(
    name="Error",
    fields={
        "statusCode": whole(),
        "message": Value(kind="any", description="A sentence, or a list of one for each field."),
        "error": text(),
        "retryAfter": whole("Seconds to wait, where there were too many requests."),
    },
    optional=frozenset({"retryAfter"}),
)
DONE = Shape(name="Done", fields={"message": text()})
_WALLET: dict[str, Node] = {
    "id": text(),
    "name": text(),
    "address": text("On the blockchain; of a bank wallet its IBAN or account number."),
    "blockchain": maybe(choice(*BLOCKCHAINS.words)),
    "type": choice("APP"),
    "currency": text(),
}
_TAX: dict[str, Node] = {
    "id": text(),
    "name": text(),
    "rate": number("Percent; of a fixed tax the amount for each unit."),
    "type": choice(*TAX_TYPES),
    "percentage": maybe(number()),
}
_CUSTOMER: dict[str, Node] = {
    "id": text(),
    "email": text(),
    "name": text(),
    "first_name": text(),
    "last_name": text(),
    "status": choice(*CUSTOMER_STATUSES.words, BLACKLISTED),
}
TRANSACTION = Shape(
    name="Transaction",
    fields={
        "id": text(),
        "number": text(),
        "amount": number(),
        "currency": text(),
        "status": choice("PENDING", "SUCCEEDED", "FAILED", "CANCELLED"),
        "payment_method": choice(*PAID_BY.words),
        "reference": text(),
        "date": moment(),
        "created_at": moment(),
    },
)
INVOICE = Shape(
    name="Invoice",
    fields={
        "id": text(),
        "invoice_number": maybe(text()),
        "name": text(),
        "app_id": maybe(text("null: it was not made by an application.")),
        "email": text(),
        "address": maybe(text()),
        "phone_number": maybe(text()),
        "logo": maybe(text()),
        "customer_id": text(),
        "walletId": maybe(text()),
        "due_date": moment(),
        "send_date": maybe(moment()),
        "date_created": moment(),
        "updated_at": moment(),
        "status": choice(*STATUS_WORDS),
        "payment_methods": Many(choice(*METHODS.words)),
        "delivery": choice(*DELIVERIES.words),
        "payment_link": flag(),
        "partial_payment": flag(),
        "reminder_sent": flag(),
        "paidAt": maybe(moment()),
        "paymentMetadata": Shape(
            name="PaymentMetadata",
            nullable=True,
            fields={
                "amount": number(),
                "currency": text(),
                "payment_method": choice(*PAID_BY.words),
                "reference": text(),
            },
        ),
        "paymentStatus": maybe(choice("PENDING", "PARTIAL", "COMPLETED")),
        "taxId": maybe(text()),
        "currency": text(),
        "subtotal": number("Before tax."),
        "tax_amount": number(),
        "total": number(),
        "amount_paid": number(),
        "amount_due": number(),
        "payment_url": maybe(text("The payment link.")),
        "public_url": maybe(text("The invoice as a page; null of a draft.")),
        "app": Shape(name="App", nullable=True, fields={"id": text(), "name": text()}),
        "customer": Shape(name="InvoiceCustomer", fields=_CUSTOMER),
        "wallet": Shape(name="InvoiceWallet", nullable=True, fields=_WALLET),
        "tax": Shape(name="InvoiceTax", nullable=True, fields=_TAX),
        "items": Many(
            Shape(
                name="InvoiceItem",
                fields={
                    "id": text(),
                    "invoice_id": text(),
                    "productId": maybe(text()),
                    "product_id": maybe(text()),
                    "quantity": number(),
                    "product": Shape(
                        name="ItemProduct",
                        fields={
                            "id": maybe(text()),
                            "name": text(),
                            "price": number(),
                            "currency": text(),
                        },
                    ),
                },
            )
        ),
        "transactions": Many(TRANSACTION),
    },
)
CUSTOMER = Shape(
    name="Customer",
    fields={
        **_CUSTOMER,
        "phone_number": text(),
        "customer_type": choice(*CUSTOMER_TYPES),
        "last_spent": maybe(number()),
        "last_purchase_date": maybe(moment()),
        "app_id": text(),
        "appId": text(),
        **_TIMES,
        "createdAt": moment(),
        "updatedAt": moment(),
    },
)
CUSTOMERS = Shape(
    name="CustomerList",
    fields={"data": Many(CUSTOMER), "total": whole(), "skip": whole(), "take": whole()},
)
PRODUCT = Shape(
    name="Product",
    fields={
        "id": text(),
        "name": text(),
        "description": text(),
        "price": number(),
        "currency": text(),
        "productType": choice(*PRODUCT_TYPES.words),
        "status": choice("ACTIVE", "INACTIVE"),
        "unit": text(),
        "sku": text(),
        "app_id": text(),
        **_TIMES,
    },
)
TAX = Shape(
    name="Tax",
    fields={
        **_TAX,
        "inclusive": flag(),
        "currency": maybe(text()),
        "region": text(),
        "description": text(),
        "active": flag(),
        "appIds": Many(text()),
        **_TIMES,
    },
)
WALLET = Shape(
    name="Wallet",
    fields={
        **_WALLET,
        "token_contract": maybe(text()),
        "bank_account": Shape(
            name="BankAccount",
            nullable=True,
            fields={
                "account_holder": text(),
                "bank_name": text(),
                "iban": text(),
                "bic": text(),
                "account_number": text(),
                "routing_number": text(),
            },
        ),
        "is_default": flag(),
        **_TIMES,
    },
)
WEBHOOK = Shape(
    name="Webhook",
    fields={
        "id": text(),
        "name": text(),
        "url": text(),
        "isActive": flag(),
        "encrypted": flag("Always false."),
        "signing_secret": text("Shown only when it was just made or changed."),
        "delivery_stats": Shape(
            name="DeliveryStats",
            fields={
                "total_events": whole(),
                "successful_deliveries": whole(),
                "failed_deliveries": whole(),
                "last_delivery": maybe(moment()),
            },
        ),
        **_TIMES,
    },
    optional=frozenset({"signing_secret"}),
)
LINK = Shape(
    name="PaymentLink",
    fields={
        "id": text(),
        "title": text(),
        "linkType": choice(*LINK_TYPES),
        "url": text(),
        "status": choice(*LINK_STATUSES.values()),
        "invoiceId": maybe(text()),
        "productId": maybe(text()),
        "quantity": number(),
        "amount": maybe(number()),
        "currency": text(),
        "description": text(),
        "expiration_date": maybe(moment()),
        "limit": maybe(whole()),
        "times_used": whole(),
        **_TIMES,
    },
)
HEALTH = Shape(
    name="Health",
    fields={"status": choice("ok"), "database": choice("ok"), "timestamp": moment()},
)
