"""The account and what belongs to it."""

from billing.models import NumberRegister, NumberSeries
from billing.models.base import TEMPLATES
from integrations.dialects.base.shapes import (
    Many,
    Shape,
    choice,
    flag,
    maybe,
    moment,
    number,
    page_of,
    text,
    whole,
)
from integrations.dialects.enterprise.shapes.contacts import CONTACT_PERSON
from integrations.dialects.enterprise.shapes.resources import TIMES, resource
from integrations.dialects.enterprise.words import (
    DATE_ORDERS,
    INCLUSIVE_ORDERS,
    NUMBER_ASSIGNMENTS,
    NUMBER_RESETS,
    PLANS,
    ROUNDINGS,
)

ACCOUNT = resource(
    "Account",
    "organization",
    "account",
    {
        "name": text(),
        "slug": text(),
        "company_name": text("As the law wants it printed."),
        "trading_name": text(),
        "email": text(),
        "phone": text(),
        "website": text(),
        "address": Shape(
            name="AccountAddress",
            fields={
                name: text()
                for name in (
                    *("street", "street2", "street3", "city"),
                    *("state", "postal_code", "country"),
                )
            },
        ),
        "contact_person": CONTACT_PERSON,
        "vat_id": text(),
        "tax_registration_id": text(),
        "legal_registration_id": text(),
        "legal_registration_scheme": text("ISO 6523."),
        "electronic_address": text("Where e-invoices reach you."),
        "electronic_address_scheme": text("EAS code."),
        "legal_text": text(),
        "currency": text(),
        "accounting_currency": text("The currency of the books."),
        "timezone": text(example="Europe/Berlin"),
        "locale": text(example="en_US"),
        "payment_terms": whole("Days."),
        "payment_terms_rule": text("Such as `2/10 net 30`; empty: the days alone."),
        "default_notes": text(),
        "default_terms": text(),
        "number_assignment": choice(*NUMBER_ASSIGNMENTS.words),
        "rounding": choice(*ROUNDINGS.words, description="Where tax is rounded."),
        "inclusive_order": choice(*INCLUSIVE_ORDERS.words),
        "prices_include_tax": flag(),
        "cash_rounding": number("The smallest coin; 0 is off."),
        "date_order": choice(*DATE_ORDERS.words),
        "write_off_tolerance": number("The largest open difference that a payment may close."),
        "copy_mail_to_self": flag(),
        "track_mail": flag("True: opens and clicks of mails are recorded."),
        "template_id": choice(*TEMPLATES),
        "accent_color": text(example="#1d4ed8"),
        "logo_url": maybe(text()),
        "plan": choice(*PLANS.words),
        "rate_limit": Shape(name="RateLimit", fields={"requests": whole(), "per_seconds": whole()}),
        "test_clock": maybe(moment("The sandbox's own time.")),
        **TIMES,
    },
)
BANK_ACCOUNT = resource(
    "BankAccount",
    "bank account",
    "bank_account",
    {
        "name": text("Account holder."),
        "bank_name": text(),
        "iban": text(),
        "bic": text(),
        "account_number": text(),
        "routing_number": text(),
        "currency": text(),
        "is_default": flag("Printed on documents in its currency."),
        **TIMES,
    },
)
BANK_ACCOUNTS = page_of(BANK_ACCOUNT)
NUMBER_SERIES = Shape(
    name="NumberSeries",
    fields={
        "object": choice("number_series"),
        "document": choice(*NumberSeries.Document.values),
        "name": text(),
        "pattern": text(example="INV-{YYYY}-{n:03}"),
        "reset": choice(*NUMBER_RESETS.words),
        "period": text("The period of today: 2025, 2025-01 or empty."),
        "last_number": whole(),
        "next_number": whole(),
        "next": text("The next number as it will be printed."),
        "updated_at": moment(),
    },
)
NUMBER_SERIES_LIST = Shape(
    name="NumberSeriesList",
    fields={"object": choice("list"), "data": Many(NUMBER_SERIES), "has_more": flag()},
)
_NUMBER = Shape(
    name="RegisteredNumber",
    fields={
        "object": choice("number"),
        "n": whole(),
        "number": text(),
        "fate": choice(*NumberRegister.Fate.values),
        "document_id": maybe(text("Null where its draft was deleted.")),
        "reason": text(),
        "updated_at": moment(),
    },
)
NUMBERS = Shape(
    name="NumberRegister",
    fields={
        "object": choice("number_register"),
        "document": choice(*NumberSeries.Document.values),
        "series": text(),
        "period": text(),
        "first": whole(),
        "last": whole("0 where none was taken yet."),
        "missing": Many(whole(), "Empty unless the register was tampered with."),
        "counts": Shape(
            name="NumberCounts", fields={fate: whole() for fate in NumberRegister.Fate.values}
        ),
        "data": Many(_NUMBER),
        "has_more": flag(),
        "next_cursor": maybe(text()),
        "total_count": whole(),
    },
)
TEMPLATE = Shape(
    name="InvoiceTemplate",
    fields={
        "id": choice(*TEMPLATES),
        "object": choice("invoice_template"),
        "name": text(),
        "description": text(),
        "is_default": flag("What new documents of this account are drawn in."),
        "preview_url": text(),
    },
)
TEMPLATE_LIST = Shape(
    name="InvoiceTemplateList",
    fields={"object": choice("list"), "data": Many(TEMPLATE), "has_more": flag()},
)
