"""Planned mails."""

from integrations.dialects.base.shapes import Many, choice, maybe, moment, page_of, text
from integrations.dialects.enterprise.shapes.resources import TIMES, reference, resource
from integrations.dialects.enterprise.words import SCHEDULED_SEND_STATUSES

SCHEDULED_SEND = resource(
    "ScheduledSend",
    "scheduled send",
    "scheduled_send",
    {
        "invoice_id": reference("invoice"),
        "send_at": moment(),
        "status": choice(*SCHEDULED_SEND_STATUSES.words),
        "to": Many(text("Empty: whoever gets the invoices then.")),
        "error": maybe(text("Why it did not go out.")),
        **TIMES,
    },
)
SCHEDULED_SENDS = page_of(SCHEDULED_SEND)
