"""How each status looks: one table of word -> icon, tone and label."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """An icon of the sprite, a tone of the style sheet, and the word a person reads."""

    label: str
    icon: str
    tone: str = ""


LOOKS: dict[str, Look] = {
    # invoices
    "draft": Look("Draft", "pencil"),
    "issued": Look("Issued", "invoice", "tone-wait"),
    "sent": Look("Sent", "send", "tone-wait"),
    "viewed": Look("Viewed", "eye", "tone-wait"),
    "partially_paid": Look("Partly paid", "half", "tone-warn"),
    "paid": Look("Paid", "check", "tone-good"),
    "overdue": Look("Overdue", "alert", "tone-bad"),
    "void": Look("Void", "void", "state-struck"),
    "uncollectible": Look("Uncollectible", "close", "tone-bad"),
    # payments and refunds
    "pending": Look("Pending", "clock", "tone-warn"),
    "succeeded": Look("Succeeded", "check", "tone-good"),
    "failed": Look("Failed", "alert", "tone-bad"),
    "cancelled": Look("Cancelled", "void"),
    "refunded": Look("Refunded", "undo"),
    "partially_refunded": Look("Partly refunded", "undo", "tone-warn"),
    # quotes
    "open": Look("Open", "clock", "tone-wait"),
    "accepted": Look("Accepted", "check", "tone-good"),
    "declined": Look("Declined", "close", "tone-bad"),
    "converted": Look("Invoiced", "invoice", "tone-good"),
    "expired": Look("Expired", "clock", "tone-warn"),
    # supplier invoices
    "approved": Look("Approved", "check", "tone-good"),
    "rejected": Look("Rejected", "close"),
    # tickets and leads
    "closed": Look("Closed", "check", "tone-good"),
    "new": Look("New", "plus", "tone-wait"),
    "contacted": Look("Contacted", "mail", "tone-wait"),
    "qualified": Look("Qualified", "half", "tone-warn"),
    "won": Look("Won", "check", "tone-good"),
    "lost": Look("Lost", "close"),
    # recurring invoices
    "paused": Look("Paused", "clock", "tone-warn"),
    "ended": Look("Ended", "void"),
    "made": Look("Made", "check", "tone-good"),
    # customers, products, keys, webhooks
    "active": Look("Active", "check", "tone-good"),
    "inactive": Look("Inactive", "void"),
    "archived": Look("Archived", "box"),
    "revoked": Look("Revoked", "void"),
    "disabled": Look("Disabled", "void", "tone-bad"),
    # deliveries of shops
    "received": Look("Received", "clock", "tone-wait"),
    "waiting": Look("Waiting", "clock", "tone-warn"),
    "booked": Look("Booked", "check", "tone-good"),
    "ignored": Look("Ignored", "void"),
    # mail
    "queued": Look("Queued", "clock", "tone-wait"),
    "taken": Look("Accepted", "check", "tone-good"),
    "delivered": Look("Delivered", "check", "tone-good"),
    "bounced": Look("Bounced", "undo", "tone-bad"),
    "opened": Look("Opened", "eye", "tone-good"),
    "clicked": Look("Link followed", "link", "tone-good"),
    "suppressed": Look("Not mailed", "void", "tone-warn"),
    "complained": Look("Complained", "alert", "tone-bad"),
    "deferred": Look("Put off", "clock", "tone-warn"),
    "unsubscribed": Look("Unsubscribed", "void", "tone-warn"),
    "refused": Look("Refused", "alert", "tone-bad"),
    "dropped": Look("Dropped", "void"),
    "test": Look("Test", "flask", "tone-warn"),
}


def look_of(word: str) -> Look:
    """The look of a status; an unknown one is shown plainly, never hidden."""
    return LOOKS.get(word) or Look(word.replace("_", " ").capitalize(), "info")
