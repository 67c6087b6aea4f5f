"""Recurring invoices, reminders and the test clock as /v1 shows them."""

from collections.abc import Mapping
from typing import Any

from billing.models import RecurringRun, Reminder
from billing.placeholders import ONE_DAY
from billing.queries.recurring import Occurrence
from billing.queries.reminder_preview import REASONS, ComingReminder
from integrations.dialects.base.figures import written
from integrations.dialects.enterprise.ids import wire_id
from integrations.dialects.enterprise.words import WEEKDAYS
from integrations.sandbox.clock import ClockState

Snapshot = Mapping[str, Any]


def present_recurring(snapshot: Snapshot) -> dict[str, Any]:
    """The whole object; an event of a run tells of the run too."""
    customer, weekday = snapshot["customer"], snapshot["weekday"]
    shown = {
        "id": wire_id("recurring invoice", snapshot["uuid"]),
        "object": "recurring_invoice",
        "name": snapshot["name"],
        "status": snapshot["status"],
        "customer": {
            "id": wire_id("customer", customer["uuid"]),
            "name": customer["name"],
            "email": customer["email"],
        },
        "action": snapshot["action"],
        "frequency": snapshot["frequency"],
        "interval_unit": snapshot["interval_unit"],
        "interval_count": snapshot["interval_count"],
        "start_date": snapshot["start_date"],
        "end_date": snapshot["end_date"],
        "occurrences": snapshot["occurrences"],
        "month_rule": snapshot["month_rule"],
        "day_of_month": snapshot["day_of_month"],
        "week_of_month": snapshot["week_of_month"],
        "weekday": None if weekday is None else WEEKDAYS.words[weekday],
        "issue_roll": snapshot["issue_roll"],
        "due_roll": snapshot["due_roll"],
        "holidays": snapshot["holidays"],
        "run_time": snapshot["run_time"],
        "billing_period": snapshot["billing"],
        "prices": snapshot["prices"],
        "line_items": [_line(line) for line in snapshot["lines"]],
        "currency": snapshot["currency"] or None,
        "prices_include_tax": snapshot["prices_include_tax"],
        "discount_type": snapshot["discount_type"] or None,
        "discount_value": written(snapshot["discount_value"]),
        "payment_terms": snapshot["payment_terms_days"],
        "po_number": snapshot["purchase_order"],
        "reference": snapshot["reference"],
        "notes": snapshot["notes"],
        "terms": snapshot["terms"],
        "footer": snapshot["footer"],
        "template_id": snapshot["template"] or None,
        "metadata": snapshot["metadata"],
        "next_date": snapshot["next_date"],
        "next_run_at": snapshot["next_run_at"],
        "runs_made": snapshot["runs_made"],
        "last_error": snapshot["last_error"] or None,
        "paused_at": snapshot["paused_at"],
        "ended_at": snapshot["ended_at"],
        "version": snapshot["version"],
        "created_at": snapshot["created_at"],
        "updated_at": snapshot["updated_at"],
    }
    if "run" in snapshot:
        shown["run"] = _run(snapshot["run"])
    return shown


def present_run(run: RecurringRun) -> dict[str, Any]:
    invoice = run.invoice
    return {
        "id": wire_id("recurring run", run.uuid),
        "object": "recurring_run",
        "date": run.intended_date,
        "issue_date": run.issue_date,
        "status": run.status,
        "invoice_id": invoice and wire_id("invoice", invoice.uuid),
        "invoice_number": invoice and invoice.number,
        "error_code": run.error_code or None,
        "error": run.error or None,
        "attempts": run.attempts,
        "created_at": run.created_at,
        "updated_at": run.updated_at,
    }


def present_occurrence(when: Occurrence) -> dict[str, Any]:
    return {
        "date": when.date,
        "issue_date": when.issue_date,
        "due_date": when.due_date,
        "run_at": when.run_at,
        "period_start": when.period[0],
        "period_end": when.period[1] - ONE_DAY,
    }


def present_reminder(reminder: Reminder) -> dict[str, Any]:
    return {
        "id": wire_id("reminder", reminder.uuid),
        "object": "reminder",
        "invoice_id": wire_id("invoice", reminder.invoice.uuid),
        "days": reminder.days,
        "planned_date": reminder.planned_date,
        "status": reminder.status,
        "sent_to": reminder.sent_to,
        "sent_at": reminder.sent_at,
        "reason": reminder.reason or None,
        "created_at": reminder.created_at,
        "updated_at": reminder.updated_at,
    }


def present_coming(coming: ComingReminder) -> dict[str, Any]:
    return {
        "invoice_id": wire_id("invoice", coming.invoice.uuid),
        "invoice_number": coming.invoice.number,
        "days": coming.days,
        "planned_date": coming.planned_date,
        "reason": coming.reason or None,
        "message": REASONS.get(coming.reason),
    }


def present_told_reminder(snapshot: Snapshot) -> dict[str, Any]:
    """What an event about an invoice tells of its reminder, if it is about one."""
    told = snapshot.get("reminder")
    if told is None:
        return {}
    names = ("days", "planned_date", "status", "sent_to", "sent_at")
    return {
        "reminder": {
            "id": wire_id("reminder", told["uuid"]),
            **{name: told[name] for name in names},
        }
    }


def present_policy(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "object": "reminder_policy",
        "customer_id": snapshot["customer"] and wire_id("customer", snapshot["customer"]),
        "language": snapshot["language"] or None,
        "recipient": snapshot["recipient"] or None,
        "enabled": snapshot["is_enabled"],
        "send_time": snapshot["send_time"],
        "minimum_due": written(snapshot["minimum_due"]),
        "currency": snapshot["currency"],
        "attach_pdf": snapshot["attach_pdf"],
        "business_days_only": snapshot["business_days_only"],
        "quiet_from": snapshot["quiet_from"],
        "quiet_until": snapshot["quiet_until"],
        "steps": [
            {
                "days": step["days"],
                "enabled": step["is_active"],
                "subject": step["subject"],
                "message": step["body"],
            }
            for step in snapshot["steps"]
        ],
    }


def present_clock(state: ClockState) -> dict[str, Any]:
    return {
        "object": "test_clock",
        "status": state.status,
        "frozen_time": state.frozen_time,
        "target_time": state.target,
    }


def _line(line: Snapshot) -> dict[str, Any]:
    price, taxes = line["unit_price"], line["tax_profile_ids"]
    return {
        "product_id": line["product"] and wire_id("product", line["product"]),
        "description": line["name"],
        "details": line["description"],
        "quantity": written(line["quantity"]),
        "unit": line["unit"],
        "unit_price": None if price is None else written(price),
        "tax_profile_ids": None
        if taxes is None
        else [wire_id("tax profile", each) for each in taxes],
        "discount_type": line["discount_type"] or None,
        "discount_value": written(line["discount_value"]),
    }


def _run(run: Snapshot) -> dict[str, Any]:
    invoice = run["invoice"]
    return {
        "date": run["intended_date"],
        "issue_date": run["issue_date"],
        "status": run["status"],
        "invoice_id": invoice and wire_id("invoice", invoice["uuid"]),
        "invoice_number": invoice and invoice["number"],
        "total": invoice and written(invoice["total"]),
        "error_code": run["error_code"] or None,
        "error": run["error"] or None,
    }
