"""What a person sees whose form was overtaken: who changed what, and two ways on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.http import QueryDict
from django.utils.translation import gettext as _

from billing.operations.guards import VersionConflict
from billing.web.access import StaffRequest
from billing.web.forms.base import StaffForm
from core.staleness import (
    Change,
    ChangedMeanwhile,
    changes_after,
    changes_after_version,
    sequence_of,
)

_OVERTAKEN = (VersionConflict, ChangedMeanwhile)


@dataclass(frozen=True, slots=True)
class Line:
    """One field in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """The changes since the form was opened, oldest first."""

    changes: list[tuple[Change, list[Line]]]


def version_given(request: StaffRequest) -> int | None:
    """The version that the form was filled in upon; None if it does not say."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def conflict_on(request: StaffRequest, form: StaffForm, subject: Any) -> Conflict | None:
    """What overtook the form, if that is why it was refused; the sentence gives way to it."""
    if subject is None or not isinstance(form.refusal, _OVERTAKEN):
        return None
    given = version_given(request) or 0
    own = isinstance(form.refusal, VersionConflict)
    changes = changes_after_version(subject, given) if own else changes_after(subject, given)
    if own and "version" in form.fields:
        # Saving once more is meant: it answers to what is there now.
        data: Any = cast(QueryDict, form.data).copy()
        data["version"] = str(subject.version)
        form.data = data
    form.errors.pop("__all__", None)
    return Conflict([(change, change_lines(change)) for change in changes])


def version_shown(request: StaffRequest, subject: Any, conflict: Conflict | None) -> int | None:
    """What the form says next time: what it was filled in upon, until somebody knows better."""
    if subject is None:
        return None
    if request.method == "POST" and conflict is None:
        return version_given(request)
    return sequence_of(subject)


def change_lines(change: Change) -> list[Line]:
    """The fields of a change in words."""
    return field_lines(change.fields)


def field_lines(fields: Iterable[tuple[str, Any, Any]]) -> list[Line]:
    """Fields with their values before and after, in words."""
    return [
        Line(name.replace("_", " ").capitalize(), _text(before), _text(after))
        for name, before, after in fields
    ]


def _text(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list) and all(isinstance(e, dict) and "name" in e for e in value):
        return "; ".join(f"{e.get('quantity', 1)} × {e['name']}" for e in value)[:300]  # noqa: RUF001
    if isinstance(value, list | dict):
        return _("{count} entries").format(count=len(value))
    return str(value)[:200]
