"""Transactions: one around a request, and operations that need no second one inside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

_is_whole: ContextVar[bool] = ContextVar("is_whole", default=False)


@contextmanager
def whole() -> Iterator[None]:
    """A transaction that any error inside undoes altogether, whoever catches it.

    Operations joining it need no savepoints of their own, each of which would cost two
    round trips.
    """
    with transaction.atomic():
        token = _is_whole.set(True)
        try:
            yield
        finally:
            _is_whole.reset(token)


@contextmanager
def joined() -> Iterator[None]:
    """atomic() for operations: a savepoint inside other transactions, but none inside whole()."""
    with transaction.atomic(savepoint=not _is_whole.get()):
        yield
