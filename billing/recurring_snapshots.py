"""What a recurring invoice looked like at one moment; see billing.snapshots."""

from typing import Any

from billing.models import RecurringInvoice, RecurringLine, RecurringRun
from billing.snapshots import Snapshot, party_reference
from core.money import from_minor


def _words(text: str) -> list[str]:
    return text.split()


_HEAD = _words(
    "name status action prices billing frequency interval_unit interval_count start_date end_date"
    " occurrences month_rule day_of_month week_of_month weekday issue_roll due_roll holidays"
    " currency prices_include_tax discount_type discount_value payment_terms_days purchase_order"
    " reference notes terms footer template metadata next_date next_run_at runs_made last_error"
    " paused_at ended_at version created_at updated_at"
)
_LINE = _words(
    "name description quantity unit unit_code unit_price tax_profile_ids discount_type"
    " discount_value"
)


def recurring_snapshot(recurring: RecurringInvoice) -> Snapshot:
    """The whole pattern with its schedule. Reads the lines unless they are loaded."""
    return {
        "object": "recurring_invoice",
        "uuid": str(recurring.uuid),
        "customer": party_reference(recurring.customer),
        **{name: getattr(recurring, name) for name in _HEAD},
        "run_time": recurring.run_time.strftime("%H:%M"),
        "lines": [_line(line) for line in recurring.lines.all()],
    }


def run_snapshot(run: RecurringRun) -> Snapshot:
    """A date that came; the invoice by its number and total, or the reason there is none."""
    invoice = run.invoice
    return {
        "intended_date": run.intended_date,
        "issue_date": run.issue_date,
        "status": run.status,
        "invoice": invoice
        and {
            "uuid": str(invoice.uuid),
            "number": invoice.number,
            "total": from_minor(invoice.total, invoice.currency),
            "currency": invoice.currency,
        },
        "error_code": run.error_code,
        "error": run.error,
    }


def _line(line: RecurringLine) -> dict[str, Any]:
    product = line.product
    return {
        "product": product and str(product.uuid),
        **{name: getattr(line, name) for name in _LINE},
    }
