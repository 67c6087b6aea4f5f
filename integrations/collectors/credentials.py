"""Connections of users to sources: made, shown, collected on demand, answered, removed."""

import datetime
import json
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import Actor
from core import events, text
from core.errors import DomainError, Kind, NotFound
from core.models import as_uuid
from integrations.collectors import vault
from integrations.collectors.accounts import SCOPE, CallbackMissing, get_account
from integrations.collectors.base import ParamRefused, Source
from integrations.collectors.inbox import erase_with
from integrations.collectors.people import TermsNotAccepted, needs_consent
from integrations.collectors.sources import SOURCES
from integrations.models import CollectorAccount, CollectorCredential, CollectorUser

State = CollectorCredential.State
_LONGEST_CODE = 64


class UnknownCollector(DomainError):
    code = "unknown_collector"
    message = 'There is no collector "{collector}".'
    default_param = "collector"


class NotSubscribed(DomainError):
    code = "collector_not_subscribed"
    message = (
        'Customer has not subscribed to collector "{collector}".'
        " Available collectors are: {collectors}"
    )
    default_param = "collector"


class CollectorPlanned(DomainError):
    code = "collector_planned"
    message = 'The collector "{collector}" is announced and cannot collect yet.'
    default_param = "collector"


class ParamsMissing(DomainError):
    code = "collector_params_missing"
    message = "{sentence}"
    default_param = "params"


class ParamNotAccepted(DomainError):
    code = "collector_param_not_accepted"
    message = 'The param "{name}" is not accepted: {reason}'
    default_param = "params"


class NoCollectInProgress(DomainError):
    kind, code = Kind.CONFLICT, "no_collect_in_progress"
    message = 'No collect in progress for credential "{shown}".'


@transaction.atomic
def connect(
    *,
    actor: Actor,
    at: datetime.datetime,
    user: CollectorUser,
    collector: str,
    params: dict[str, str],
    note: str = "",
    download_from: datetime.datetime | None = None,
) -> CollectorCredential:
    """A new connection, collected at once. The organization's own needs no callback and no
    subscription: what it brings stays in the inbox.

    Invoices of before `download_from` stay where they are; without it, those of before `at`.

    Raises Forbidden, TermsNotAccepted, CallbackMissing, UnknownCollector, NotSubscribed,
    CollectorPlanned, ParamsMissing, ParamNotAccepted.
    """
    actor.require(SCOPE)
    if needs_consent(user):
        raise TermsNotAccepted()
    account = None if user.is_own else get_account(actor.organization_id, at)
    if account is not None and not account.callback:
        raise CallbackMissing()
    source = _source(account, collector)
    credential = CollectorCredential(
        organization_id=actor.organization_id,
        user=user,
        source=collector,
        note=text.clean_line(note, param="note", max_length=500),
        download_from=download_from or at,
        next_attempt_at=at,
        created_at=at,
        updated_at=at,
    )
    vault.seal_new_key(credential)
    cleaned = _cleaned(source, params)
    credential.sealed_params = vault.seal(credential, "params", json.dumps(cleaned).encode())
    credential.save(force_insert=True)
    _note("collector_credential.connected", credential, actor, at, sequence=1)
    return credential


@transaction.atomic
def repair(
    *,
    actor: Actor,
    at: datetime.datetime,
    credential: CollectorCredential,
    params: dict[str, str] | None = None,
    note: str | None = None,
) -> CollectorCredential:
    """Change parameters or the note, and collect at once; what is not given stays.

    Whoever changes where a password is sent has to know it: passwords are given anew
    together with anything else. Raises Forbidden, ParamsMissing, ParamNotAccepted.
    """
    actor.require(SCOPE)
    found = _locked(actor, credential)
    changed = ["updated_at"]
    found.updated_at = at
    if note is not None:
        found.note = text.clean_line(note, param="note", max_length=500)
        changed.append("note")
    given = {name: value for name, value in (params or {}).items() if value.strip()}
    if given:
        source = SOURCES.get(found.source)
        if source is None:
            raise UnknownCollector(collector=found.source)
        kept = json.loads(vault.unseal(found, "params", bytes(found.sealed_params)))
        merged = _cleaned(source, {**_to_keep(source, kept, given), **given})
        found.sealed_params = vault.seal(found, "params", json.dumps(merged).encode())
        # A session of before may be somebody else's now.
        found.sealed_session = b""
        # Whoever collects with the former parameters finds the lease gone, and leaves.
        found.state, found.state_message = State.SCHEDULED, ""
        found.next_attempt_at, found.locked_until = at, None
        changed += ["sealed_params", "sealed_session", "state", "state_message"]
        changed += ["next_attempt_at", "locked_until"]
    found.save(update_fields=changed)
    _note("collector_credential.repaired", found, actor, at)
    return found


def list_credentials(
    organization_id: int, user: CollectorUser | None = None
) -> QuerySet[CollectorCredential]:
    """Those of one user, or of all of the customer's; with their users, newest last."""
    rows = CollectorCredential.objects.of(organization_id).select_related("user").order_by("pk")
    rows = rows.defer("data_key", "sealed_params", "sealed_session", "sealed_code")
    return rows.exclude(user__remote_id="") if user is None else rows.filter(user=user)


def get_credential(organization_id: int, identifier: Any) -> CollectorCredential:
    """Raises NotFound."""
    found = as_uuid(identifier)
    rows = list_credentials(organization_id)
    credential = rows.filter(uuid=found).first() if found else None
    if credential is None:
        raise NotFound(noun="credential", id=identifier)
    return credential


@transaction.atomic
def remove(*, actor: Actor, at: datetime.datetime, credential: CollectorCredential) -> None:
    """Erase the connection, its secrets, its documents and what still waits for the callback."""
    actor.require(SCOPE)
    found = _locked(actor, credential)
    _note("collector_credential.removed", found, actor, at)
    erase_with([found.pk])
    found.delete()


@transaction.atomic
def collect_now(*, actor: Actor, at: datetime.datetime, credential: CollectorCredential) -> None:
    """Make the next visit due at once, also after an error. One that runs is joined."""
    actor.require(SCOPE)
    found = _locked(actor, credential)
    if found.locked_until is not None and found.locked_until > at:
        return
    if found.state < State.SCHEDULED:
        found.state, found.state_message = State.SCHEDULED, ""
    found.next_attempt_at, found.updated_at = at, at
    found.save(update_fields=["state", "state_message", "next_attempt_at", "updated_at"])
    events.ring_on_commit()


@transaction.atomic
def pause(*, actor: Actor, at: datetime.datetime, credential: CollectorCredential) -> None:
    """No visit until somebody collects again. One that runs finds its lease gone, and leaves."""
    actor.require(SCOPE)
    found = _locked(actor, credential)
    if State.SCHEDULED < found.state < State.DONE:
        found.state = State.SCHEDULED
    found.next_attempt_at = found.locked_until = None
    found.sealed_code, found.updated_at = b"", at
    found.save(
        update_fields=["state", "next_attempt_at", "locked_until", "sealed_code", "updated_at"]
    )
    _note("collector_credential.paused", found, actor, at)


@transaction.atomic
def answer_code(
    *, actor: Actor, at: datetime.datetime, credential: CollectorCredential, code: str
) -> None:
    """Hand the source the code it asked for. Raises NoCollectInProgress."""
    actor.require(SCOPE)
    found = _locked(actor, credential)
    if found.state != State.CODE_WANTED:
        raise NoCollectInProgress(shown=found.uuid)
    given = text.clean_line(code, param="code", max_length=_LONGEST_CODE)
    found.sealed_code = vault.seal(found, "code", given.encode())
    found.state, found.updated_at = State.CODE_GIVEN, at
    found.save(update_fields=["sealed_code", "state", "updated_at"])


def offered(account: CollectorAccount | None) -> list[Source]:
    """The sources that the customer is subscribed to; all of them for nobody in particular.

    Those that are only announced are left out for a customer who does not want to see them.
    """
    if account is None:
        return list(SOURCES.values())
    return [
        source
        for name, source in SOURCES.items()
        if (account.is_subscribed_to_all or name in account.subscribed_collectors)
        and (account.shows_sketches or not _is_planned(source))
    ]


def _source(account: CollectorAccount | None, collector: str) -> Source:
    if collector not in SOURCES:
        raise UnknownCollector(collector=collector[:64])
    names = [each.description.id for each in offered(account)]
    if collector not in names:
        raise NotSubscribed(collector=collector, collectors=", ".join(names))
    if _is_planned(SOURCES[collector]):
        raise CollectorPlanned(collector=collector)
    return SOURCES[collector]


def _is_planned(source: Source) -> bool:
    return source.description.state == "planned"


def _cleaned(source: Source, params: dict[str, str]) -> dict[str, str]:
    """Only what the source knows, without what is empty."""
    known = source.description.params
    given = {name: params[name].strip() for name in known if params.get(name, "").strip()}
    missing = [f'"{name}"' for name, one in known.items() if one.is_mandatory and name not in given]
    if missing:
        what = "param" if len(missing) == 1 else "params"
        verb = "is" if len(missing) == 1 else "are"
        raise ParamsMissing(sentence=f"The {what} {', '.join(missing)} {verb} missing")
    for name, value in given.items():
        if len(value) > known[name].most or "\x00" in value:
            raise ParamNotAccepted(name=name, reason="it is too long or holds a NUL")
    try:
        return source.clean(given)
    except ParamRefused as refused:
        raise ParamNotAccepted(name=refused.name, reason=str(refused)) from None


def _to_keep(source: Source, kept: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """The former parameters, without the passwords where more than passwords changes."""
    known = source.description.params
    secret = {name for name, one in known.items() if one.type == "password"}
    if all(name in secret or given[name].strip() == kept.get(name) for name in given):
        return kept
    return {name: value for name, value in kept.items() if name not in secret}


def _locked(actor: Actor, credential: CollectorCredential) -> CollectorCredential:
    rows = CollectorCredential.objects.of(actor.organization_id).select_for_update()
    found = rows.filter(pk=credential.pk).first()
    if found is None:
        raise NotFound(noun="credential", id=credential.uuid)
    return found


def _note(
    type: str,
    credential: CollectorCredential,
    actor: Actor,
    at: datetime.datetime,
    sequence: int | None = None,
) -> None:
    snapshot = {
        "object": "collector_credential",
        "uuid": str(credential.uuid),
        "collector": credential.source,
    }
    events.emit(type, subject=credential, data=snapshot, actor=actor, at=at, sequence=sequence)
