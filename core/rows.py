"""Making many rows: what Django's constructor does for one, without asking each field again."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import models
from django.db.models.base import ModelState

R = TypeVar("R", bound=models.Model)


def new_row(model: type[R], **values: Any) -> R:
    """An unsaved instance of these column values (`customer_id`, not `customer`).

    The others get their defaults. A name that is no column of the model raises TypeError.
    For models without a constructor of their own and fields without descriptors of their
    own (files); sends no signals.
    """
    names, plain, made = _defaults(model)
    if not values.keys() <= names:
        raise TypeError(f"{model.__name__} has no {', '.join(sorted(values.keys() - names))}")
    row = model.__new__(model)
    row._state = ModelState()
    own = row.__dict__
    own.update(plain)
    for name, make in made:
        if name not in values:
            own[name] = make()
    own.update(values)
    return row


@functools.cache
def _defaults(
    model: type[models.Model],
) -> tuple[frozenset[str], dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """The names of the columns, the defaults that are values, and those that are made anew."""
    plain: dict[str, Any] = {}
    made: list[tuple[str, Callable[[], Any]]] = []
    for field in model._meta.concrete_fields:
        if callable(field.default) and field.has_default():
            made.append((field.attname, field.get_default))
        else:
            plain[field.attname] = field.get_default()
    return frozenset({*plain, *(name for name, _ in made)}), plain, made
