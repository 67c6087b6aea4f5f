"""Trying a file: everything that bringing it in would do and say, and nothing kept."""

import datetime
import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from billing.imports.bringing import CHANGED, NEW, SKIPPED, bring_in
from billing.imports.cells import Style
from billing.imports.rows import Found, values_in
from core.errors import DomainError, InvalidFields, InvalidValue, Kind

BAD = "bad"
FATES = (NEW, CHANGED, SKIPPED, BAD)
# Others want to write too while a long file is tried.
_BITE = 50
_OF_LINE = re.compile(r"^(?:lines|line_items)\.(\d+)(?:\.|$)")
# What the operations call a field, and what it is called here.
_FIELDS = {
    "tax_profile_id": "tax",
    "tax_profile_ids": "tax",
    "product_id": "sku",
    "customer_id": "customer_name",
    "discount_value": "discount_percent",
}


def try_objects(
    noun: str,
    objects: Sequence[Found],
    *,
    actor: Actor,
    at: datetime.datetime,
    style: Style,
    existing: str,
) -> dict[str, Any]:
    """A report as an Import keeps it. Raises Forbidden."""
    shown = []
    for start in range(0, len(objects), _BITE):
        with transaction.atomic():
            for found in objects[start : start + _BITE]:
                fate, problems = _try(noun, found, actor, at, style, existing)
                shown.append(
                    {
                        "rows": found.rows,
                        "label": found.label,
                        "fate": fate,
                        "problems": [list(each) for each in problems],
                    }
                )
            transaction.set_rollback(True)
    counts = {fate: sum(1 for each in shown if each["fate"] == fate) for fate in FATES}
    return {"counts": counts, "objects": shown}


def problems_of(error: DomainError, lines: Sequence[Any] = ()) -> list[tuple[str, str]]:
    """A refusal as (field, sentence), in the reader's language where it has words for it."""
    if isinstance(error, InvalidFields):
        return [_placed(param, sentence, lines) for param, _code, sentence in error.errors]
    if isinstance(error, InvalidValue):
        sentence = _(str(error.details["reason"]))
    elif error.details:
        sentence = _(error.message).format(**error.details)
    else:
        sentence = _(error.message)
    return [_placed(error.param or "", sentence, lines)]


def _try(
    noun: str, found: Found, actor: Actor, at: datetime.datetime, style: Style, existing: str
) -> tuple[str, list[tuple[str, str]]]:
    problems = list(found.problems)
    lines = found.cells.get("lines", ())
    try:
        values = values_in(noun, found.cells, style)
        with transaction.atomic():
            how = bring_in(noun, actor=actor, at=at, values=values, existing=existing).how
    except DomainError as refusal:
        if refusal.kind is Kind.FORBIDDEN:
            raise
        problems += problems_of(refusal, lines)
    return (BAD, problems) if problems else (how, [])


def _placed(param: str, sentence: str, lines: Sequence[Any]) -> tuple[str, str]:
    """The field that is named here, and the row of the line that is meant."""
    of_line = _OF_LINE.match(param)
    if of_line is not None:
        param = param[of_line.end() :]
        index = int(of_line[1])
        if index < len(lines):
            sentence = _("Row {row}: {sentence}").format(row=lines[index]["row"], sentence=sentence)
    param = param.partition(".")[0]
    return _FIELDS.get(param, param), sentence
