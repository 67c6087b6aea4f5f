"""Our words and those of /v1, two-way. tests/…/enterprise/test_words.py proves them total."""

from accounts.models import Organization
from billing.models import (
    CreditNote,
    Customer,
    CustomerAddress,
    DiscountType,
    Dispute,
    LateFee,
    LateFeePolicy,
    NumberSeries,
    Payment,
    PaymentMethod,
    Product,
    RecurringInvoice,
    RecurringRun,
    Reminder,
    ScheduledSend,
    TaxProfile,
)
from integrations.dialects.base.enums import EnumMap
from integrations.models import WebhookDelivery

# Every method of the document and our own further ones.
PAYMENT_METHODS = EnumMap.same(
    PaymentMethod.values, also={"credit_card": "card", "debit_card": "card", "cheque": "check"}
)
PAYMENT_STATUSES = EnumMap.same(Payment.Status.values)
# What a payment shows, and can be listed by.
PAYMENT_STATES = EnumMap.same((*Payment.Status.values, "refunded"))
CUSTOMER_STATUSES = EnumMap.same(Customer.Status.values)
CUSTOMER_TYPES = EnumMap.same(Customer.Kind.values)
DISCOUNT_TYPES = EnumMap.same(DiscountType.values, also={"percentage": "percent"})
PRODUCT_TYPES = EnumMap.same(Product.Kind.values)
TAX_KINDS = EnumMap.same(TaxProfile.Kind.values)
TAX_TYPES = EnumMap.same(TaxProfile.Type.values)
TAX_CATEGORIES = EnumMap.same(TaxProfile.Category.values)
NUMBER_ASSIGNMENTS = EnumMap.same(Organization.NumberAssignment.values)
ROUNDINGS = EnumMap.same(Organization.Rounding.values)
INCLUSIVE_ORDERS = EnumMap.same(Organization.InclusiveOrder.values)
DATE_ORDERS = EnumMap.same(Organization.DateOrder.values)
PLANS = EnumMap.same(Organization.Plan.values)
NUMBER_RESETS = EnumMap.same(NumberSeries.Reset.values)
NUMBERED_DOCUMENTS = EnumMap.same(NumberSeries.Document.values)
ADDRESS_TYPES = EnumMap.same(CustomerAddress.Kind.values)
DELIVERY_STATUSES = EnumMap.same(WebhookDelivery.Status.values)
REPLAY_CHOICES = EnumMap.same(("all", "failed"))
INVOICE_STATUSES = EnumMap.same(
    (
        "draft",
        "sent",
        "viewed",
        "partially_paid",
        "paid",
        "overdue",
        "void",
        "uncollectible",
    ),
    also={"partial": "partially_paid", "cancelled": "void"},
)
QUOTE_STATUSES = EnumMap.same(
    ("draft", "open", "accepted", "declined", "expired", "converted"),
    also={"sent": "open", "invoiced": "converted"},
)
CREDIT_NOTE_STATUSES = EnumMap.same(CreditNote.Status.values)
PAYMENT_LINK_STATUSES = EnumMap.same(("active", "completed", "expired", "deactivated"))
# Recurring invoices and reminders.
RECURRING_STATUSES = EnumMap.same(RecurringInvoice.Status.values)
RECURRING_ACTIONS = EnumMap.same(RecurringInvoice.Action.values)
RECURRING_PRICES = EnumMap.same(RecurringInvoice.Prices.values)
BILLING_PERIODS = EnumMap.same(RecurringInvoice.Billing.values)
FREQUENCIES = EnumMap.same(
    RecurringInvoice.Frequency.values,
    also={"biweekly": "fortnightly", "yearly": "annually", "half_yearly": "semiannually"},
)
INTERVAL_UNITS = EnumMap.same(RecurringInvoice.Unit.values)
MONTH_RULES = EnumMap.same(RecurringInvoice.MonthRule.values)
DATE_ROLLS = EnumMap.same(RecurringInvoice.Roll.values)
# In the order of their numbers: Monday is 0.
WEEKDAYS = EnumMap.same(
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
)
RUN_STATUSES = EnumMap.same(RecurringRun.Status.values)
LATE_FEE_TYPES = EnumMap.same(LateFeePolicy.FeeType.values)
LATE_FEE_KINDS = EnumMap.same(LateFee.Kind.values)
DISPUTE_KINDS = EnumMap.same(Dispute.Kind.values)
DISPUTE_STATUSES = EnumMap.same(Dispute.Status.values)
DISPUTE_OUTCOMES = EnumMap.same(Dispute.Outcome.values)
SCHEDULED_SEND_STATUSES = EnumMap.same(ScheduledSend.Status.values)
REMINDER_STATUSES = EnumMap.same(Reminder.Status.values)
MISSED_DATES = EnumMap.same(("skip", "make"))
