"""A lease on a name: of many processes one holds it, and another takes over when it dies."""

import datetime

from django.db.models import Q

from core.models import Lease

# A lease that ends so many of its own lengths from now was taken by a clock that was wrong.
_ABSURD = 10


def take(*, name: str, holder: str, at: datetime.datetime, until: datetime.datetime) -> bool:
    """Take the lease or renew one's own; False while somebody else's has not run out.

    The condition stands in the update, so of two that try at once one gets it, on either
    database.
    """
    absurd = at + _ABSURD * (until - at)
    free = Lease.objects.filter(
        Q(holder=holder) | Q(held_until__lte=at) | Q(held_until__gt=absurd), name=name
    )
    if free.update(holder=holder, held_until=until):
        return True
    _, is_new = Lease.objects.get_or_create(
        name=name, defaults={"holder": holder, "held_until": until}
    )
    return is_new


def give_back(*, name: str, holder: str, at: datetime.datetime) -> None:
    """Let go of one's own lease, so that the next one need not wait for its end."""
    Lease.objects.filter(name=name, holder=holder).update(held_until=at)
