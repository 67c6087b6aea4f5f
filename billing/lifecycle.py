"""The states of each document, as tables. Settlement and lateness are derived, not here."""

from core.lifecycle import Lifecycle

INVOICE = Lifecycle(
    "invoice",
    {
        ("draft", "issue"): "issued",
        ("issued", "void"): "void",
        ("uncollectible", "void"): "void",
        ("issued", "mark_uncollectible"): "uncollectible",
        # Money that nobody expected any more arrived in full (B10).
        ("uncollectible", "recover"): "issued",
    },
)

QUOTE = Lifecycle(
    "quote",
    {
        ("draft", "open"): "open",
        ("open", "accept"): "accepted",
        ("open", "decline"): "declined",
        ("open", "convert"): "converted",
        ("accepted", "convert"): "converted",
    },
)

RECURRING_INVOICE = Lifecycle(
    "recurring invoice",
    {
        ("active", "pause"): "paused",
        ("paused", "resume"): "active",
        ("active", "end"): "ended",
        ("paused", "end"): "ended",
    },
)

CREDIT_NOTE = Lifecycle("credit note", {("issued", "void"): "void"})

PAYMENT = Lifecycle(
    "payment",
    {
        ("pending", "settle"): "succeeded",
        ("pending", "fail"): "failed",
        ("pending", "cancel"): "cancelled",
        ("succeeded", "cancel"): "cancelled",
    },
)

REMITTANCE = Lifecycle(
    "announced payment",
    {
        ("announced", "receive"): "received",
        ("announced", "withdraw"): "withdrawn",
        ("announced", "close"): "closed",
    },
)
# As the organization sees it (C11).
DISPUTE = Lifecycle("dispute", {("open", "win"): "won", ("open", "lose"): "lost"})

PAYMENT_LINK = Lifecycle("payment link", {("active", "deactivate"): "deactivated"})

TICKET = Lifecycle(
    "ticket",
    {
        ("open", "answer"): "pending",
        ("closed", "answer"): "pending",
        ("pending", "reopen"): "open",
        ("closed", "reopen"): "open",
        ("open", "close"): "closed",
        ("pending", "close"): "closed",
    },
)

_WORKED_ON = ("new", "contacted", "qualified", "lost")
LEAD = Lifecycle(
    "lead",
    {
        **{(old, f"to_{new}"): new for old in _WORKED_ON for new in _WORKED_ON if old != new},
        **{(old, "convert"): "converted" for old in _WORKED_ON},
    },
)
