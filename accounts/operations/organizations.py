"""Organizations and their settings. Live and sandbox are made, and change, together."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts import timezones
from accounts.actors import Actor, system_actor
from accounts.models import Membership, Organization, Role, User
from accounts.models.parties import PARTY_FIELDS
from accounts.operations.checks import check_fields
from accounts.payment_terms import parse_terms
from accounts.ports import books
from core import events
from core.currencies import get_currency
from core.errors import DomainError, InvalidValue, Kind, NotFound
from core.staleness import refuse_stale

# What the owner of an organization may set; the twin always has the same.
SETTINGS: frozenset[str] = frozenset(PARTY_FIELDS) | {
    "name",
    "logo",
    "accent_color",
    "template",
    "email",
    "phone",
    "website",
    "legal_text",
    "currency",
    "accounting_currency",
    "timezone",
    "locale",
    "payment_terms",
    "payment_terms_days",
    "default_notes",
    "default_terms",
    "number_assignment",
    "rounding",
    "inclusive_order",
    "prices_include_tax",
    "cash_rounding_minor",
    "date_order",
    "write_off_tolerance_minor",
    "copy_mail_to_self",
    "tracks_mail",
    "portal_enabled",
    "portal_part_payments",
    "portal_disputes",
    "portal_changes",
}
# What only the operator of the installation may set.
OPERATOR_SETTINGS: frozenset[str] = frozenset({"plan", "rate_limit_per_minute", "administered_by"})
_SANDBOX_SUFFIX = "-sandbox"


class SlugTaken(DomainError):
    kind, code = Kind.CONFLICT, "slug_taken"
    message = "Another organization already uses the short name '{slug}'."
    default_param = "slug"


class UnknownSetting(DomainError):
    code = "unknown_setting"
    message = "An organization has no setting '{name}'."


class SandboxFollowsLive(DomainError):
    kind, code = Kind.CONFLICT, "sandbox_follows_live"
    message = "A sandbox has the settings of its live organization: change them there."


class BooksCurrencyFixed(DomainError):
    """What is posted in one currency cannot be read as another."""

    kind, code = Kind.CONFLICT, "books_currency_fixed"
    message = "The books are kept in {currency}, and something is posted already."
    default_param = "accounting_currency"


@transaction.atomic
def create_organization(
    *,
    at: datetime.datetime,
    name: str,
    slug: str,
    owner: User | None = None,
    by: str = "system",
    **settings: Any,
) -> Organization:
    """A new organization with its sandbox twin, and `owner` as its first member.

    Returns the live one; the twin is its `sandbox`. `settings` are the names in SETTINGS
    and OPERATOR_SETTINGS; `by` goes into the log as who made it. Raises SlugTaken,
    UnknownSetting, InvalidFields, UnknownCurrency.
    """
    _refuse_unknown(settings, SETTINGS | OPERATOR_SETTINGS)
    live = Organization(name=name, slug=slug, created_at=at, updated_at=at, **settings)
    twin = Organization(
        name=name,
        slug=_slug_of_twin(slug),
        livemode=False,
        created_at=at,
        updated_at=at,
        **settings,
    )
    _check(live)
    try:
        with transaction.atomic():
            live.save(force_insert=True)
            twin.sandbox_of = live
            twin.save(force_insert=True)
    except IntegrityError:
        raise SlugTaken(slug=slug) from None
    if owner is not None:
        Membership.objects.create(
            organization=live, user=owner, role=Role.OWNER, created_at=at, updated_at=at
        )
    events.emit(
        "organization.created",
        subject=live,
        data=organization_snapshot(live),
        actor=system_actor(live.pk, label=by),
        at=at,
        sequence=1,
    )
    return live


@transaction.atomic
def update_organization(
    *,
    actor: Actor,
    at: datetime.datetime,
    slug: str | None = None,
    expected_sequence: int | None = None,
    **changes: Any,
) -> Organization:
    """Change settings or the short name of the actor's organization; its sandbox follows.

    Documents that exist keep the rules they were made with, and books that are open keep
    their currency: a new `currency` is then that of new documents only. Operator settings
    (plan, rate limit, who looks after it) change only by the system actor. Raises Forbidden,
    UnknownSetting, SlugTaken, SandboxFollowsLive, BooksCurrencyFixed, InvalidFields,
    UnknownCurrency, ChangedMeanwhile.
    """
    actor.require("settings:write")
    if not actor.livemode:
        raise SandboxFollowsLive()
    allowed = SETTINGS | (OPERATOR_SETTINGS if actor.kind == "system" else frozenset())
    _refuse_unknown(changes, allowed)
    # Both rows, in one order, so that two updates never wait for each other in a circle.
    rows = Organization.objects.select_for_update().filter(pk=actor.organization_id)
    live = rows.first()
    if live is None:
        raise NotFound(noun="organization", id=actor.organization_id)
    refuse_stale(live, expected_sequence)
    before = organization_snapshot(live)
    if slug is not None:
        live.slug = slug
    _apply(live, changes, at)
    _check(live)
    _save(live)
    twin = Organization.objects.select_for_update().filter(sandbox_of=live).first()
    if twin is not None:
        if slug is not None:
            twin.slug = _slug_of_twin(slug)
        _apply(twin, changes, at)
        _save(twin)
    after = organization_snapshot(live)
    previous = {key: value for key, value in before.items() if after[key] != value}
    if previous:
        events.emit(
            "organization.updated",
            subject=live,
            data=after,
            previous=previous,
            actor=actor,
            at=at,
        )
    return live


def organization_snapshot(organization: Organization) -> dict[str, Any]:
    """The organization's settings as they are now, for events."""
    names = sorted(SETTINGS | OPERATOR_SETTINGS)
    values = {name: getattr(organization, name) for name in names}
    administrator: Organization | None = organization.administered_by
    return {
        "uuid": str(organization.uuid),
        "slug": organization.slug,
        **values,
        "logo": organization.logo.name or "",
        "administered_by": str(administrator.uuid) if administrator else None,
    }


def _slug_of_twin(slug: str) -> str:
    return f"{slug[: 80 - len(_SANDBOX_SUFFIX)]}{_SANDBOX_SUFFIX}"


def _save(organization: Organization) -> None:
    try:
        with transaction.atomic():
            organization.save()
    except IntegrityError:
        raise SlugTaken(slug=organization.slug) from None


def _refuse_unknown(given: dict[str, Any], allowed: frozenset[str]) -> None:
    for name in given:
        if name not in allowed:
            raise UnknownSetting(param=name, name=name)


def _apply(organization: Organization, changes: dict[str, Any], at: datetime.datetime) -> None:
    books_currency = organization.base_currency
    if "payment_terms_days" in changes and "payment_terms" not in changes:
        # Whoever says only how many days means that and nothing more.
        organization.payment_terms = ""
    for name, value in changes.items():
        setattr(organization, name, value)
    _keep_books(organization, books_currency)
    organization.settings_version += 1
    organization.updated_at = at


def _keep_books(organization: Organization, currency: str) -> None:
    """Let open books keep their currency when the one they followed by default changes."""
    if organization.base_currency == currency or not books.are_open(organization.pk):
        return
    # What is tried out in a sandbox must not hold up the live organization.
    if organization.accounting_currency and organization.livemode:
        raise BooksCurrencyFixed(currency=currency)
    organization.accounting_currency = currency


def _settle_terms(organization: Organization) -> None:
    """The notation spelled the one way, and its days beside it for those who know only days."""
    if not organization.payment_terms:
        return
    try:
        terms = parse_terms(organization.payment_terms)
    except ValueError as error:
        raise InvalidValue(str(error), param="payment_terms_rule") from None
    organization.payment_terms_days = terms.days
    organization.payment_terms = "" if terms.is_plain else str(terms)


def _check(organization: Organization) -> None:
    check_fields(organization)
    get_currency(organization.currency)
    if organization.accounting_currency:
        get_currency(organization.accounting_currency)
    if organization.timezone not in timezones.names():
        raise InvalidValue(
            f"'{organization.timezone}' is not a time zone such as Europe/Berlin.",
            param="timezone",
        )
    _settle_terms(organization)
    administrator = organization.administered_by
    if administrator and (administrator.uuid == organization.uuid or not administrator.livemode):
        raise InvalidValue(
            "Another live organization looks after this one.", param="administered_by"
        )
    for name in ("cash_rounding_minor", "write_off_tolerance_minor"):
        if getattr(organization, name) < 0:
            raise InvalidValue("It cannot be negative.", param=name)
