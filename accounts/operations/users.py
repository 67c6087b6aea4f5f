"""People: made by an operator or by an invitation, never by themselves."""

import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.actors import Installation
from accounts.models import User
from accounts.operations.checks import check_fields
from core import events
from core.errors import DomainError, InvalidFields, InvalidValue, Kind, NotFound

_EDITABLE = frozenset({"name", "first_name", "last_name", "phone", "birth_date", "locale", "email"})
_OPERATOR = frozenset({"is_staff", "is_superuser", "is_active"})


class EmailTaken(DomainError):
    kind, code = Kind.CONFLICT, "email_taken"
    message = "Somebody already signs in with {email}."
    default_param = "email"


@transaction.atomic
def create_user(
    *,
    at: datetime.datetime,
    email: str,
    password: str | None = None,
    by: Installation | None = None,
    **fields: Any,
) -> User:
    """A person who can sign in; without a password only after setting one by mail.

    E-mail addresses are kept in lower case. Raises EmailTaken and InvalidFields (also
    for a password that is too short or too common).
    """
    _refuse_unknown(fields, _EDITABLE | _OPERATOR)
    user = User(email=_plain_email(email), created_at=at, updated_at=at, **fields)
    if password is not None:
        _check_password(password, user)
    user.set_password(password)
    check_fields(user, exclude={"password"})
    _save_once(user, force_insert=True)
    _emit("user.created", user, by, at, sequence=1)
    return user


@transaction.atomic
def update_user(
    *, at: datetime.datetime, user_id: int, by: Installation | None = None, **changes: Any
) -> User:
    """Change a person's data or, for operators, what they may do in the installation.

    Raises NotFound, EmailTaken, InvalidFields.
    """
    _refuse_unknown(changes, _EDITABLE | _OPERATOR)
    user = _locked(user_id)
    before = user_snapshot(user)
    if "email" in changes:
        changes["email"] = _plain_email(changes["email"])
    for name, value in changes.items():
        setattr(user, name, value)
    user.updated_at = at
    check_fields(user, exclude={"password"})
    _save_once(user)
    after = user_snapshot(user)
    previous = {key: value for key, value in before.items() if after[key] != value}
    if previous:
        _emit("user.updated", user, by, at, previous=previous)
    return user


@transaction.atomic
def set_password(
    *, at: datetime.datetime, user_id: int, password: str, by: Installation | None = None
) -> User:
    """Give a person a new password, which ends every session of theirs.

    Raises NotFound and InvalidFields.
    """
    user = _locked(user_id)
    _check_password(password, user)
    user.set_password(password)
    user.updated_at = at
    user.save(update_fields=["password", "updated_at"])
    _emit("user.password_set", user, by, at)
    return user


@transaction.atomic
def change_login(
    *, at: datetime.datetime, user_id: int, email: str, by: Installation | None = None
) -> User:
    """Give a person another sign-in address that nobody has verified yet.

    Whoever signed in until now may not be who reads that mailbox: the password, passkeys
    and address of before open nothing, sessions end, and a new password is set by the
    reset mail. Raises NotFound, EmailTaken, InvalidFields.
    """
    user = _locked(user_id)
    if user.email == _plain_email(email):
        return user
    user = update_user(at=at, user_id=user_id, email=email, by=by)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).delete()
    _emit("user.login_changed", user, by, at)
    return user


@transaction.atomic
def record_sign_in(*, at: datetime.datetime, user_id: int, by: Installation) -> None:
    """Note in the audit log that a person signed in. Raises NotFound."""
    _emit("user.signed_in", _locked(user_id), by, at)


def user_snapshot(user: User) -> dict[str, Any]:
    """A person as events show them: never the password's hash."""
    return {
        "uuid": str(user.uuid),
        "email": user.email,
        "name": user.name,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "phone": user.phone,
        "locale": user.locale,
        "is_staff": user.is_staff,
        "is_superuser": user.is_superuser,
        "is_active": user.is_active,
    }


def _plain_email(email: str) -> str:
    return email.strip().lower()


def _refuse_unknown(given: dict[str, Any], allowed: frozenset[str]) -> None:
    for name in given:
        if name not in allowed:
            raise InvalidValue(f"A person has no field '{name}'.", param=name)


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        raise InvalidFields([("password", "invalid", text) for text in refusal.messages]) from None


def _locked(user_id: int) -> User:
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound(noun="user", id=user_id)
    return user


def _save_once(user: User, **how: Any) -> None:
    try:
        with transaction.atomic():
            user.save(**how)
    except IntegrityError:
        raise EmailTaken(email=user.email) from None


def _emit(
    type: str,
    user: User,
    by: Installation | None,
    at: datetime.datetime,
    sequence: int | None = None,
    previous: dict[str, Any] | None = None,
) -> None:
    events.emit(
        type,
        subject=user,
        data=user_snapshot(user),
        previous=previous,
        actor=by or Installation(),
        at=at,
        sequence=sequence,
    )
