"""Recurring invoices, reminders and the test clock."""

from billing.queries.reminder_preview import REASONS
from integrations.dialects.base.shapes import (
    Many,
    Shape,
    choice,
    day,
    flag,
    labels,
    maybe,
    moment,
    number,
    page_of,
    text,
    whole,
)
from integrations.dialects.enterprise.shapes.invoices import PARTY
from integrations.dialects.enterprise.shapes.resources import (
    LIVEMODE,
    TIMES,
    reference,
    resource,
)
from integrations.dialects.enterprise.words import (
    BILLING_PERIODS,
    DATE_ROLLS,
    DISCOUNT_TYPES,
    FREQUENCIES,
    INTERVAL_UNITS,
    MONTH_RULES,
    RECURRING_ACTIONS,
    RECURRING_PRICES,
    RECURRING_STATUSES,
    REMINDER_STATUSES,
    RUN_STATUSES,
    WEEKDAYS,
)

LINE = Shape(
    name="RecurringLine",
    fields={
        "product_id": maybe(reference("product")),
        "description": text("Empty: the product's name at each run."),
        "details": text(),
        "quantity": number(),
        "unit": text(),
        "unit_price": maybe(number("Null: the product's price at each run.")),
        "tax_profile_ids": Many(
            reference("tax profile"), "Null: the taxes of product and customer.", nullable=True
        ),
        "discount_type": maybe(choice(*DISCOUNT_TYPES.words)),
        "discount_value": number(),
    },
)
RECURRING = resource(
    "RecurringInvoice",
    "recurring invoice",
    "recurring_invoice",
    {
        "name": text("For your own use."),
        "status": choice(*RECURRING_STATUSES.words),
        "customer": PARTY,
        "action": choice(*RECURRING_ACTIONS.words, description="How far each invoice is taken."),
        "frequency": choice(*FREQUENCIES.words),
        "interval_unit": choice(*INTERVAL_UNITS.words),
        "interval_count": whole(),
        "start_date": day("The anchor of all dates."),
        "end_date": maybe(day("The last day on which an invoice may fall.")),
        "occurrences": maybe(whole("How many invoices are made in all.")),
        "month_rule": choice(*MONTH_RULES.words),
        "day_of_month": maybe(whole("The last day of a shorter month. Null: the start's.")),
        "week_of_month": maybe(whole("1 to 4, or -1 for the last.")),
        "weekday": maybe(choice(*WEEKDAYS.words)),
        "issue_roll": choice(*DATE_ROLLS.words, description="Off weekends and holidays."),
        "due_roll": choice(*DATE_ROLLS.words, description="Off weekends and holidays."),
        "holidays": Many(day()),
        "run_time": text("Local time of the organization.", example="06:00"),
        "billing_period": choice(*BILLING_PERIODS.words),
        "prices": choice(*RECURRING_PRICES.words),
        "line_items": Many(LINE),
        "currency": maybe(text("Null: the customer's.")),
        "prices_include_tax": maybe(flag()),
        "discount_type": maybe(choice(*DISCOUNT_TYPES.words)),
        "discount_value": number(),
        "payment_terms": maybe(whole("Days; null means the customer's.")),
        "po_number": text(),
        "reference": text(),
        "notes": text(),
        "terms": text(),
        "footer": text(),
        "template_id": maybe(text()),
        "metadata": labels(),
        "next_date": maybe(day()),
        "next_run_at": maybe(moment("When the next invoice is made.")),
        "runs_made": whole("Invoices made so far."),
        "last_error": maybe(text("Why the last date failed, if it did.")),
        "paused_at": maybe(moment()),
        "ended_at": maybe(moment()),
        "version": whole("Rises with every change."),
        **TIMES,
    },
)
RECURRINGS = page_of(RECURRING)
RUN = resource(
    "RecurringRun",
    "recurring run",
    "recurring_run",
    {
        "date": day("The date of the schedule; each comes once."),
        "issue_date": day(),
        "status": choice(*RUN_STATUSES.words),
        "invoice_id": maybe(reference("invoice")),
        "invoice_number": maybe(text()),
        "error_code": maybe(text()),
        "error": maybe(text("Why no invoice was made.")),
        "attempts": whole(),
        **TIMES,
    },
)
RUNS = page_of(RUN)
PREVIEW = Shape(
    name="RecurringPreview",
    fields={
        "object": choice("recurring_preview"),
        "currency": maybe(text()),
        "subtotal": maybe(number("What an invoice made now would come to.")),
        "tax_total": maybe(number()),
        "total": maybe(number()),
        "problem": maybe(text("Why none could be made now.")),
        "dates": Many(
            Shape(
                name="RecurringDate",
                fields={
                    "date": day(),
                    "issue_date": day(),
                    "due_date": day(),
                    "run_at": moment(),
                    "period_start": day(),
                    "period_end": day("The last day inside."),
                },
            )
        ),
    },
)
REMINDER = resource(
    "Reminder",
    "reminder",
    "reminder",
    {
        "invoice_id": reference("invoice"),
        "days": maybe(whole("After the due date, or before it; null when sent by hand.")),
        "planned_date": day(),
        "status": choice(*REMINDER_STATUSES.words),
        "sent_to": Many(text()),
        "sent_at": maybe(moment()),
        "reason": maybe(text("Why it was not sent.")),
        **TIMES,
    },
)
REMINDERS = page_of(REMINDER)
REMINDER_PREVIEW = Shape(
    name="ReminderPreview",
    fields={
        "object": choice("reminder_preview"),
        "livemode": LIVEMODE,
        "invoices": Many(
            Shape(
                name="ComingReminder",
                fields={
                    "invoice_id": reference("invoice"),
                    "invoice_number": maybe(text()),
                    "days": maybe(whole("Of the step that comes next.")),
                    "planned_date": maybe(day()),
                    "reason": maybe(choice(*REASONS, description="Why none will be sent.")),
                    "message": maybe(text("The same in words.")),
                },
            )
        ),
    },
    optional=frozenset({"livemode"}),
)
POLICY = Shape(
    name="ReminderPolicy",
    fields={
        "object": choice("reminder_policy"),
        "livemode": LIVEMODE,
        "customer_id": maybe(reference("customer", "Null: the organization's policy.")),
        "language": maybe(text("Null: that of the invoice.")),
        "recipient": maybe(text("Null: whoever gets the invoices.")),
        "enabled": flag(),
        "send_time": text("Local time of the organization.", example="09:00"),
        "minimum_due": number("Who owes less is left alone; in the currency of the books."),
        "currency": text(),
        "attach_pdf": flag(),
        "business_days_only": flag("True: never on weekends and your country's holidays."),
        "quiet_from": maybe(text("Local time; none is sent from then on.")),
        "quiet_until": maybe(text("Local time; those that were held back go out.")),
        "steps": Many(
            Shape(
                name="ReminderStep",
                fields={
                    "days": whole("After the due date; before it when negative."),
                    "enabled": flag(),
                    "subject": text("Empty: the default, in the customer's language."),
                    "message": text("Empty: the default, in the customer's language."),
                },
            )
        ),
    },
)
CLOCK = Shape(
    name="TestClock",
    fields={
        "object": choice("test_clock"),
        "livemode": LIVEMODE,
        "status": choice("real_time", "ready", "advancing"),
        "frozen_time": maybe(moment("The sandbox's time; null means the real time.")),
        "target_time": maybe(moment("Where it is going, while it advances.")),
    },
)
