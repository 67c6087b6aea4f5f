"""The customer object."""

from integrations.dialects.base.shapes import (
    Many,
    Shape,
    choice,
    flag,
    labels,
    maybe,
    number,
    page_of,
    text,
    whole,
)
from integrations.dialects.enterprise.shapes.contacts import CONTACT_PERSON, SHIPPING_ADDRESS
from integrations.dialects.enterprise.shapes.resources import TIMES, resource
from integrations.dialects.enterprise.words import CUSTOMER_STATUSES, CUSTOMER_TYPES

ADDRESS = Shape(
    name="Address",
    fields={
        "street": text(),
        "street2": text(),
        "city": text(),
        "state": text(),
        "postal_code": text(),
        "country": text("ISO 3166-1 alpha-2."),
    },
)
CUSTOMER = resource(
    "Customer",
    "customer",
    "customer",
    {
        "type": choice(*CUSTOMER_TYPES.words),
        "name": text(),
        "company_name": text(),
        "email": text(),
        "phone": text(),
        "billing_address": ADDRESS,
        "shipping_address": maybe(SHIPPING_ADDRESS),
        "contact_person": CONTACT_PERSON,
        "payment_terms_rule": text("Such as `2/10 net 30`; empty: the days alone."),
        "payment_terms": maybe(whole("Days; null means the organization's own terms.")),
        "currency": text("ISO 4217 or a coin such as BTC."),
        "tax_number": text(),
        "tax_exempt": flag(),
        "reminders_enabled": flag("False: no reminders to this customer."),
        "credit_limit": maybe(number()),
        "tags": Many(text()),
        "notes": text(),
        "reference": text("Your own reference."),
        "metadata": labels(),
        "balance": number("Owed on issued invoices in the customer's currency."),
        "credit_balance": number("Credit in that currency; never netted with the balance."),
        "status": choice(*CUSTOMER_STATUSES.words),
        **TIMES,
    },
    # An event knows no balances.
    optional=frozenset({"balance", "credit_balance"}),
)
CUSTOMERS = page_of(CUSTOMER)
