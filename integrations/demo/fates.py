"""What becomes of each invoice: mostly paid, the older the more surely."""

import random
from enum import Enum


class Fate(Enum):
    DRAFT = "draft"
    ISSUED = "issued, not sent"
    PAID = "paid in time"
    LATE = "paid late"
    COLLECTED = "paid together with others"
    PARTIAL = "paid in part"
    ADVANCE = "a part paid at once"
    OVERDUE = "not paid"
    PENDING = "direct debit under way"
    BOUNCED = "direct debit failed, then paid by card"
    OVERPAID = "paid too much, used for the next one"
    OVERPAID_RETURNED = "paid too much, the rest sent back"
    TOLERATED = "paid a few cents short"
    INSTALMENTS = "paid in three parts"
    CREDITED_PART = "credited in part, the rest paid"
    CREDITED_REFUNDED = "paid, then credited and refunded"
    CREDITED_KEPT = "paid, then credited to the customer's account"
    GOODWILL = "paid, part refunded, due again"
    VOID = "void"
    UNCOLLECTIBLE = "given up"
    WRITTEN_OFF = "given up and written off"


# Each of these happens in every story that is long enough; the rest of the deck is paid.
_PAST = [
    Fate.INSTALMENTS,
    Fate.CREDITED_PART,
    Fate.CREDITED_REFUNDED,
    Fate.CREDITED_KEPT,
    Fate.OVERPAID,
    Fate.OVERPAID_RETURNED,
    Fate.BOUNCED,
    Fate.VOID,
    Fate.TOLERATED,
    Fate.UNCOLLECTIBLE,
    Fate.WRITTEN_OFF,
    Fate.COLLECTED,
    Fate.COLLECTED,
    Fate.LATE,
    Fate.LATE,
    Fate.LATE,
    Fate.LATE,
]
_RECENT = [
    Fate.PARTIAL,
    Fate.OVERDUE,
    Fate.PAID,
    Fate.PAID,
    Fate.OVERDUE,
    Fate.PARTIAL,
    Fate.GOODWILL,
    Fate.PAID,
    Fate.OVERDUE,
    Fate.PAID,
]
_LAST = [Fate.ADVANCE, Fate.PENDING, Fate.ISSUED, Fate.DRAFT, Fate.PAID, Fate.DRAFT]


def deal(count: int, rng: random.Random) -> list[Fate]:
    """A fate per invoice, from the oldest to the newest."""
    last = [_LAST[n % len(_LAST)] for n in range(max(6, count // 11))]
    recent = [_RECENT[n % len(_RECENT)] for n in range(max(5, count // 6))]
    past_count = max(0, count - len(last) - len(recent))
    special = [fate for fate in _PAST for _ in range(max(1, count // 50))][:past_count]
    past = special + [Fate.PAID] * (past_count - len(special))
    rng.shuffle(past)
    rng.shuffle(recent)
    return (past + recent + last)[-count:]
