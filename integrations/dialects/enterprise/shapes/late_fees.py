"""Late fees and what is agreed on them."""

from integrations.dialects.base.shapes import (
    Shape,
    choice,
    day,
    flag,
    maybe,
    moment,
    number,
    page_of,
    text,
    whole,
)
from integrations.dialects.enterprise.shapes.resources import (
    LIVEMODE,
    TIMES,
    reference,
    resource,
)
from integrations.dialects.enterprise.words import LATE_FEE_KINDS, LATE_FEE_TYPES

LATE_FEE = resource(
    "LateFee",
    "late fee",
    "late_fee",
    {
        "kind": choice(*LATE_FEE_KINDS.words),
        "invoice_id": reference("invoice", "The late invoice."),
        "invoice_number": text(),
        "fee_invoice_id": reference("invoice", "The invoice that demands the fee."),
        "fee_invoice_number": maybe(text()),
        "intended_date": day("The day it fell due, whenever it was charged."),
        "period_start": maybe(day("Interest counts from the day after this one.")),
        "period_end": maybe(day("The last day of the interest.")),
        "base_amount": number("What was due on the late invoice."),
        "amount": number("Before tax."),
        "total": number("What the invoice over the fee comes to."),
        "currency": text(),
        "waived_at": maybe(moment()),
        "waived_reason": maybe(text()),
        **TIMES,
    },
)
LATE_FEES = page_of(LATE_FEE)
POLICY = Shape(
    name="LateFeePolicy",
    fields={
        "object": choice("late_fee_policy"),
        "livemode": LIVEMODE,
        "customer_id": maybe(reference("customer", "Null: the organization's policy.")),
        "enabled": flag(),
        "fee_type": maybe(choice(*LATE_FEE_TYPES.words)),
        "fee_value": number("Percent of what is due, or an amount in the books' currency."),
        "every_days": maybe(whole("Null: the fee is charged once.")),
        "interest_rate": number("Percent per annum of 365 days; 0 for none."),
        "interest_every_days": whole("Days that one invoice over interest is for."),
        "grace_days": whole("Days after the due date that cost nothing."),
        "max_fees": maybe(whole("At most so many on one invoice.")),
        "max_amount": maybe(number("At most so much on one invoice, before tax.")),
        "currency": text("Of the books."),
        "compounding": flag("True: earlier fees that are still due count too."),
        "tax_profile_id": maybe(reference("tax profile", "Null: fees bear no tax.")),
        "send": flag("False: the invoice over a fee is issued and not mailed."),
    },
    optional=frozenset({"livemode"}),
)
