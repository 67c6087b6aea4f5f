"""The one table of consequences: what follows from which event.

A consequence takes events of its types and an instant, runs in the transaction that
marks them relayed, and plans rows; it never talks to the outside. It may be called twice
for the same event and must then plan nothing twice.
"""

import datetime
from collections.abc import Callable, Sequence

from core.models import Event
from integrations.mail import alerts, invitations, portal_events
from integrations.webhooks.fanout import fan_out

Consequence = Callable[[Sequence[Event], datetime.datetime], None]

CONSEQUENCES: dict[str, tuple[Consequence, ...]] = {
    "invoice.created": (fan_out,),
    "invoice.updated": (fan_out,),
    "invoice.deleted": (fan_out,),
    "invoice.issued": (fan_out,),
    # The message itself is queued by the operation; the event only wakes the workers.
    "invoice.send_requested": (),
    "invoice.send_scheduled": (),
    "invoice.send_unscheduled": (),
    "invoice.scheduled_send_failed": (alerts.scheduled_send_failed,),
    "invoice.sent": (fan_out,),
    "invoice.viewed": (fan_out,),
    "invoice.paid": (fan_out,),
    "invoice.partially_paid": (fan_out,),
    "invoice.overdue": (fan_out,),
    "invoice.voided": (fan_out,),
    "invoice.uncollectible": (fan_out,),
    "invoice.disputed": (fan_out, alerts.invoice_disputed),
    "invoice.dispute_closed": (fan_out,),
    "payment.created": (fan_out,),
    "payment.succeeded": (fan_out,),
    "payment.failed": (fan_out,),
    "payment.refunded": (fan_out,),
    "payment.deleted": (fan_out,),
    "refund.created": (fan_out,),
    "customer.created": (fan_out,),
    "customer.updated": (fan_out, alerts.customer_changed_itself),
    "customer.deleted": (fan_out,),
    # The message is queued by the operation; the event only wakes the workers.
    "customer.invited": (),
    "portal.link_requested": (portal_events.mail_link,),
    "remittance.announced": (alerts.payment_announced,),
    "remittance.withdrawn": (alerts.payment_withdrawn,),
    "product.created": (fan_out,),
    "product.updated": (fan_out,),
    "product.deleted": (fan_out,),
    "tax_profile.created": (fan_out,),
    "tax_profile.updated": (fan_out,),
    "tax_profile.deleted": (fan_out,),
    "quote.created": (fan_out,),
    "quote.updated": (fan_out,),
    "quote.deleted": (fan_out,),
    "quote.opened": (fan_out,),
    "quote.send_requested": (),
    "quote.sent": (fan_out,),
    "quote.viewed": (fan_out,),
    "quote.accepted": (fan_out,),
    "quote.declined": (fan_out,),
    "quote.converted": (fan_out,),
    "credit_note.created": (fan_out,),
    "credit_note.send_requested": (),
    "credit_note.sent": (fan_out,),
    "credit_note.refunded": (fan_out,),
    "credit_note.voided": (fan_out,),
    "payment_link.created": (fan_out,),
    "payment_link.used": (fan_out,),
    "payment_link.deactivated": (fan_out,),
    "quote.expired": (fan_out,),
    # The reminder is queued by the operation; the event only wakes the workers.
    "invoice.reminder_planned": (),
    "invoice.reminder_sent": (fan_out,),
    "late_fee.charged": (fan_out,),
    "late_fee.waived": (fan_out,),
    "recurring_invoice.created": (fan_out,),
    "recurring_invoice.updated": (fan_out,),
    "recurring_invoice.paused": (fan_out,),
    "recurring_invoice.resumed": (fan_out,),
    "recurring_invoice.ended": (fan_out,),
    "recurring_invoice.run": (fan_out,),
    "recurring_invoice.failed": (fan_out, alerts.recurring_failed),
    "transaction.created": (fan_out,),
    "transaction.updated": (fan_out,),
    "transaction.deleted": (fan_out,),
    "ticket.created": (fan_out,),
    "ticket.updated": (fan_out,),
    "ticket.replied": (fan_out,),
    "ticket.deleted": (fan_out,),
    "lead.created": (fan_out,),
    "lead.updated": (fan_out,),
    "lead.converted": (fan_out,),
    "lead.deleted": (fan_out,),
    # On record; the file is made by the workers, which the first wakes.
    "export.requested": (),
    "export.downloaded": (),
    "webhook_endpoint.disabled": (alerts.endpoint_disabled,),
    "webhook_endpoint.exhausted": (alerts.endpoint_failing,),
    "member.added": (invitations.invite,),
    "member.invited_again": (invitations.invite,),
    "api_key.expiring": (alerts.key_ending,),
    "api_key.expired": (alerts.key_ending,),
    "message.failed": (alerts.message_failed,),
    "message.bounced": (fan_out, alerts.message_bounced),
    "message.complained": (fan_out,),
}


def consequences_of(event_type: str) -> tuple[Consequence, ...]:
    """Empty for what is only kept for the record."""
    return CONSEQUENCES.get(event_type, ())
