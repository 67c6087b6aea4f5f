"""A lease on a name: of many processes one holds it, and another takes over when it dies."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from core.models import Lease

# A lease that ends so many of its own lengths from now was taken by a clock that was wrong.
_ABSURD = 10


def take(*, name: str, holder: str, at: datetime.datetime, until: datetime.datetime) -> bool:
    """Take the lease or renew one's own; False while somebody else's has not run out.

    The condition stands in the update, so of two that try at once one gets it, on either
    database.
    """
    free = _free(holder, at, until).filter(name=name)
    if free.update(holder=holder, held_until=until):
        return True
    _, is_new = Lease.objects.get_or_create(
        name=name, defaults={"holder": holder, "held_until": until}
    )
    return is_new


def take_many(
    *, names: Iterable[str], holder: str, at: datetime.datetime, until: datetime.datetime
) -> set[str]:
    """The same for many names, on PostgreSQL; which of them are the holder's now."""
    # All in one order, so that two who want the same names do not wait for each other.
    wanted = sorted(names)
    fresh = [Lease(name=name, holder=holder, held_until=until) for name in wanted]
    Lease.objects.bulk_create(fresh, ignore_conflicts=True)
    with transaction.atomic():
        free = _free(holder, at, until).filter(name__in=wanted).select_for_update(skip_locked=True)
        mine = set(free.values_list("name", flat=True))
        Lease.objects.filter(name__in=mine).update(holder=holder, held_until=until)
    return mine


def give_back(*, name: str, holder: str, at: datetime.datetime) -> None:
    """Let go of one's own lease, so that the next one need not wait for its end."""
    give_back_many(names=[name], holder=holder, at=at)


def give_back_many(*, names: Iterable[str], holder: str, at: datetime.datetime) -> None:
    """The same for many."""
    Lease.objects.filter(name__in=names, holder=holder).update(held_until=at)


def _free(holder: str, at: datetime.datetime, until: datetime.datetime) -> QuerySet[Lease]:
    """Whatever that holder may take."""
    absurd = at + _ABSURD * (until - at)
    return Lease.objects.filter(Q(holder=holder) | Q(held_until__lte=at) | Q(held_until__gt=absurd))
