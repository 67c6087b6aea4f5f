"""The organization's reminder policy: whether, when and in which words it reminds."""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import EllipsisType
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing.models import Customer, ReminderPolicy, ReminderStep
from billing.operations.fields import clean_money
from billing.queries.lookup import Ref, find
from billing.queries.organizations import get_organization, today
from billing.queries.reminders import Policy, get_policy
from core.errors import InvalidValue, NotFound
from core.events import emit
from core.money import from_minor
from core.text import clean_email, clean_line, clean_text

EARLIEST, LATEST = -90, 365
MOST_STEPS = 20
# Those that the product's own words are in.
LANGUAGES = ("en", "fr", "de", "es")
_COPIED = (
    "is_enabled",
    "send_time",
    "minimum_due",
    "business_days_only",
    "quiet_from",
    "quiet_until",
    "attach_pdf",
)


@transaction.atomic
def set_reminder_policy(
    *,
    actor: Actor,
    at: datetime.datetime,
    customer_id: Ref | None = None,
    language: str | None = None,
    recipient: str | None = None,
    is_enabled: bool | None = None,
    send_time: datetime.time | None = None,
    minimum_due: Decimal | None = None,
    attach_pdf: bool | None = None,
    business_days_only: bool | None = None,
    quiet_hours: tuple[datetime.time, datetime.time] | None | EllipsisType = ...,
    steps: Sequence[Mapping[str, Any]] | None = None,
) -> Policy:
    """Change what is given. `minimum_due` is in major units of the books' currency.

    With a customer, in the policy of that one's own: it begins as a copy of the
    organization's and replaces it, in `language` and to `recipient` where these are given.

    `quiet_hours` are local times, from and until, None for none; the send time lies outside.

    `steps` are replaced as a whole: dicts of `days` (before the due date when negative),
    and optionally `is_active`, `subject`, `body` with the names of
    billing.placeholders.REMINDER_NAMES. What is switched on reminds from today on, never
    of days that have passed. Raises Forbidden, InvalidValue.
    """
    actor.require("settings:write")
    organization = get_organization(actor.organization_id)
    customer = None if customer_id is None else _customer(actor, customer_id)
    known = get_policy(organization.pk, customer)
    # Before the policy changes: what was on already goes on.
    rows = _new_steps(known, steps, today(organization, at))
    policy = _own(known.settings, customer)
    if policy.pk is None:
        policy.created_at = at
    _set_letter(policy, language, recipient)
    policy.is_enabled = policy.is_enabled if is_enabled is None else is_enabled
    policy.send_time = policy.send_time if send_time is None else send_time.replace(second=0)
    policy.attach_pdf = policy.attach_pdf if attach_pdf is None else attach_pdf
    if business_days_only is not None:
        policy.business_days_only = business_days_only
    _set_quiet_hours(policy, quiet_hours)
    if minimum_due is not None:
        policy.minimum_due = _clean_minimum(minimum_due, organization.base_currency)
    # Looked through again: what was planned today was planned by the policy before.
    policy.checked_on = None
    policy.version += 1 if policy.pk else 0
    policy.updated_at = at
    policy.save()
    _replace_steps(policy, rows, at)
    now = Policy(policy, tuple(rows))
    emit(
        "reminder_policy.updated",
        subject=policy,
        data=policy_snapshot(now, organization.base_currency),
        actor=actor,
        at=at,
    )
    return now


def _new_steps(
    known: Policy, steps: Sequence[Mapping[str, Any]] | None, day: datetime.date
) -> list[ReminderStep]:
    """What is switched on counts from today; what was on already goes on."""
    was_enabled = known.settings.pk is not None and known.settings.is_enabled
    before = {step.days: step for step in known.steps}
    rows = _clean_steps(before.values() if steps is None else steps)
    for row in rows:
        old = before.get(row.days)
        goes_on = was_enabled and old is not None and old.is_active and old.pk is not None
        row.active_since = old.active_since if old is not None and goes_on else day
    return rows


@transaction.atomic
def remove_reminder_policy(*, actor: Actor, at: datetime.datetime, customer_id: Ref) -> None:
    """The organization's policy holds for the customer again. Raises Forbidden, NotFound."""
    actor.require("settings:write")
    customer = _customer(actor, customer_id)
    policy = ReminderPolicy.objects.of(actor.organization_id).filter(customer=customer).first()
    if policy is None:
        raise NotFound(noun="reminder policy of customer", id=customer_id)
    known = get_policy(actor.organization_id, customer)
    currency = get_organization(actor.organization_id).base_currency
    emit(
        "reminder_policy.removed",
        subject=policy,
        data=policy_snapshot(known, currency),
        actor=actor,
        at=at,
    )
    policy.delete()


def _customer(actor: Actor, reference: Ref) -> Customer:
    return find(Customer.objects.of(actor.organization_id), reference, "customer")


def _own(policy: ReminderPolicy, customer: Customer | None) -> ReminderPolicy:
    """The policy itself, or for a customer without one an unsaved copy of the organization's."""
    if customer is None or policy.customer_id is not None:
        return policy
    copied = {name: getattr(policy, name) for name in _COPIED}
    return ReminderPolicy(organization_id=customer.organization_id, customer=customer, **copied)


def _set_letter(policy: ReminderPolicy, language: str | None, recipient: str | None) -> None:
    for name, value in (("language", language), ("recipient", recipient)):
        if value and policy.customer_id is None:
            raise InvalidValue("Only a customer's own policy has one.", param=name)
    if language is not None:
        if language and language not in LANGUAGES:
            raise InvalidValue(f"One of {', '.join(LANGUAGES)}, or none.", param="language")
        policy.language = language
    if recipient is not None:
        policy.recipient = clean_email(recipient, param="recipient")


def _clean_minimum(amount: Decimal, currency: str) -> int:
    minor = clean_money(amount, currency, param="minimum_due")
    if minor < 0:
        raise InvalidValue("This cannot be negative.", param="minimum_due")
    return minor


def _set_quiet_hours(
    policy: ReminderPolicy, hours: tuple[datetime.time, datetime.time] | None | EllipsisType
) -> None:
    if not isinstance(hours, EllipsisType):
        policy.quiet_from, policy.quiet_until = hours or (None, None)
    start, end = policy.quiet_from, policy.quiet_until
    if start is None or end is None:
        return
    if start == end:
        raise InvalidValue("Quiet hours end at another time.", param="quiet_until")
    time = policy.send_time
    is_quiet = start <= time < end if start < end else time >= start or time < end
    if is_quiet:
        raise InvalidValue("This lies in the quiet hours.", param="send_time")


def policy_snapshot(policy: Policy, currency: str) -> dict[str, Any]:
    """The policy as events and answers show it; amounts in the books' currency."""
    settings = policy.settings
    return {
        "object": "reminder_policy",
        "customer": str(settings.customer.uuid) if settings.customer else None,
        "language": settings.language,
        "recipient": settings.recipient,
        "is_enabled": settings.is_enabled,
        "send_time": settings.send_time.strftime("%H:%M"),
        "minimum_due": from_minor(settings.minimum_due, currency),
        "currency": currency,
        "attach_pdf": settings.attach_pdf,
        "business_days_only": settings.business_days_only,
        "quiet_from": _clock(settings.quiet_from),
        "quiet_until": _clock(settings.quiet_until),
        "steps": [
            {
                "days": step.days,
                "is_active": step.is_active,
                "subject": step.subject,
                "body": step.body,
            }
            for step in policy.steps
        ],
    }


def _clock(time: datetime.time | None) -> str | None:
    return time.strftime("%H:%M") if time else None


def _clean_steps(steps: Any) -> list[ReminderStep]:
    rows: dict[int, ReminderStep] = {}
    for position, step in enumerate(steps):
        given = step if isinstance(step, Mapping) else vars(step)
        param = f"steps.{position}"
        days = given["days"]
        if isinstance(days, bool) or not isinstance(days, int) or not EARLIEST <= days <= LATEST:
            raise InvalidValue(
                f"This must be a whole number from {EARLIEST} to {LATEST}.", param=f"{param}.days"
            )
        if days in rows:
            raise InvalidValue("There is another step on that day.", param=f"{param}.days")
        rows[days] = ReminderStep(
            days=days,
            is_active=bool(given.get("is_active", True)),
            subject=clean_line(
                given.get("subject") or "", param=f"{param}.subject", max_length=300
            ),
            body=clean_text(given.get("body") or "", param=f"{param}.body"),
        )
    if len(rows) > MOST_STEPS:
        raise InvalidValue(f"At most {MOST_STEPS} steps.", param="steps")
    return [rows[days] for days in sorted(rows)]


def _replace_steps(
    policy: ReminderPolicy, rows: Sequence[ReminderStep], at: datetime.datetime
) -> None:
    ReminderStep.objects.of(policy.organization_id).filter(policy=policy).delete()
    for row in rows:
        row.organization_id, row.policy = policy.organization_id, policy
        row.created_at = row.updated_at = at
    ReminderStep.objects.bulk_create(rows)
