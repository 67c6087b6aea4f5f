"""Applications that bill: made with their first key pair, and told how payers may pay."""

import datetime
import string
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from accounts.actors import Actor
from accounts.models import App
from accounts.operations.checks import check_fields
from core.errors import InvalidValue, NotFound
from core.events import emit

EDITABLE = frozenset(
    {
        "name",
        "links_expire",
        "card_checkout_url",
        "cash_instructions",
        "mobile_money_instructions",
    }
)
PLACEHOLDERS = frozenset({"amount", "currency", "reference"})


@transaction.atomic
def ensure_app(*, actor: Actor, at: datetime.datetime, name: str) -> App:
    """The organization's application of that name, made now unless it is there.

    Raises Forbidden, InvalidFields.
    """
    actor.require("settings:write")
    found = App.objects.of(actor.organization_id).filter(name=name).first()
    if found is not None:
        return found
    app = App(organization_id=actor.organization_id, name=name, created_at=at, updated_at=at)
    check_fields(app, exclude={"organization"})
    app.save(force_insert=True)
    emit("app.created", subject=app, data=app_snapshot(app), actor=actor, at=at, sequence=1)
    return app


@transaction.atomic
def update_app(*, actor: Actor, at: datetime.datetime, app_id: int, **changes: Any) -> App:
    """Change what is in EDITABLE. Raises Forbidden, NotFound, InvalidValue, InvalidFields."""
    actor.require("settings:write")
    app = App.objects.of(actor.organization_id).select_for_update().filter(pk=app_id).first()
    if app is None:
        raise NotFound(noun="app", id=app_id)
    unknown = set(changes) - EDITABLE
    if unknown:
        raise TypeError(f"an app takes no {', '.join(sorted(unknown))}")
    before = app_snapshot(app)
    for name, value in changes.items():
        setattr(app, name, value)
    check_fields(app, exclude={"organization"})
    _check_checkout(app.card_checkout_url)
    twins = App.objects.of(app.organization_id).filter(name=app.name).exclude(pk=app.pk)
    if twins.exists():
        raise InvalidValue("There is already an application of that name.", param="name")
    after = app_snapshot(app)
    previous = {key: value for key, value in before.items() if after[key] != value}
    if previous:
        app.updated_at = at
        app.save(force_update=True)
        emit("app.updated", subject=app, data=after, previous=previous, actor=actor, at=at)
    return app


def app_snapshot(app: App) -> dict[str, Any]:
    """The application as events show it."""
    return {"uuid": str(app.uuid), **{name: getattr(app, name) for name in sorted(EDITABLE)}}


def _check_checkout(address: str) -> None:
    """Raises InvalidValue unless it is empty or an https address with known placeholders."""
    if not address:
        return
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(address) if name is not None}
        parts = urlsplit(address)
        is_address = parts.scheme == "https" and bool(parts.hostname) and "{" not in parts.netloc
    except ValueError:
        names, is_address = set(), False
    if not is_address or not names <= PLACEHOLDERS or not address.isprintable():
        raise InvalidValue(
            "This must be an https address; it may hold {amount}, {currency} and {reference}.",
            param="card_checkout_url",
        )
