"""What the organization charges who pays late, and what it charges one customer."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing.models import Customer, LateFeePolicy, TaxProfile
from billing.operations.fields import clean_decimal, clean_money, clean_percent
from billing.queries.late_fees import get_late_fee_policy
from billing.queries.lookup import Ref, find, refer
from billing.queries.organizations import get_organization, today
from core.currencies import get_currency
from core.errors import DomainError, InvalidValue, Kind, NotFound
from core.events import emit
from core.money import from_minor

LONGEST_DAYS = 365
MOST_FEES = 1_000
EDITABLE = frozenset(
    {
        "is_enabled",
        "fee_type",
        "fee_value",
        "every_days",
        "interest_rate",
        "interest_every_days",
        "grace_days",
        "most_fees",
        "most_amount",
        "is_compounding",
        "tax_profile_id",
        "is_sent",
    }
)
_DAYS = {"every_days": 1, "interest_every_days": 1, "grace_days": 0}
_FLAGS = ("is_enabled", "is_compounding", "is_sent")


class NothingToCharge(DomainError):
    kind, code = Kind.INVALID, "late_fee_policy_empty"
    message = "Give a fee or a rate of interest before you switch late fees on."
    default_param = "fee_value"


@transaction.atomic
def set_late_fee_policy(
    *, actor: Actor, at: datetime.datetime, customer_id: Ref | None = None, **changes: Any
) -> LateFeePolicy:
    """Change what is given of EDITABLE; with a customer, in the policy of that one's own.

    A customer's policy begins as a copy of the organization's and replaces it. Amounts are
    in major units of the books' currency. What is switched on charges for the time from
    today on. Raises Forbidden, NotFound, NothingToCharge, InvalidValue, UnknownReference.
    """
    actor.require("settings:write")
    unknown = set(changes) - EDITABLE
    if unknown:
        raise TypeError(f"a late fee policy takes no {', '.join(sorted(unknown))}")
    organization = get_organization(actor.organization_id)
    customer = _customer(actor, customer_id)
    policy = get_late_fee_policy(organization.pk, customer)
    if policy.pk is None or (customer is not None and policy.customer_id is None):
        policy.pk, policy._state.adding = None, True
        policy.uuid = LateFeePolicy().uuid
        policy.customer, policy.created_at, policy.version = customer, at, 0
        was_on = False
    else:
        was_on = policy.is_enabled
    _apply(policy, changes, organization.base_currency)
    if policy.is_enabled and not policy.fee_type and not policy.interest_rate:
        raise NothingToCharge()
    if not was_on or policy.active_since is None:
        policy.active_since = today(organization, at)
    # Looked through again: what was charged today was charged by the policy before.
    policy.checked_on = None
    policy.version += 1
    policy.updated_at = at
    policy.save()
    _tell("late_fee_policy.updated", policy, actor, at)
    return policy


@transaction.atomic
def remove_late_fee_policy(*, actor: Actor, at: datetime.datetime, customer_id: Ref) -> None:
    """The organization's policy holds for the customer again. Raises Forbidden, NotFound."""
    actor.require("settings:write")
    customer = _customer(actor, customer_id)
    policy = LateFeePolicy.objects.of(actor.organization_id).filter(customer=customer).first()
    if policy is None:
        raise NotFound(noun="late fee policy of customer", id=customer_id)
    _tell("late_fee_policy.removed", policy, actor, at)
    policy.delete()


def late_fee_policy_snapshot(policy: LateFeePolicy, currency: str) -> dict[str, Any]:
    """The policy as events and answers show it; amounts in the books' currency."""
    most = policy.most_amount
    return {
        "object": "late_fee_policy",
        "customer": str(policy.customer.uuid) if policy.customer else None,
        "is_enabled": policy.is_enabled,
        "fee_type": policy.fee_type,
        "fee_value": policy.fee_value,
        "every_days": policy.every_days,
        "interest_rate": policy.interest_rate,
        "interest_every_days": policy.interest_every_days,
        "grace_days": policy.grace_days,
        "most_fees": policy.most_fees,
        "most_amount": None if most is None else from_minor(most, currency),
        "currency": currency,
        "is_compounding": policy.is_compounding,
        "tax_profile": str(policy.tax_profile.uuid) if policy.tax_profile else None,
        "is_sent": policy.is_sent,
    }


def _customer(actor: Actor, reference: Ref | None) -> Customer | None:
    if reference is None:
        return None
    return find(Customer.objects.of(actor.organization_id), reference, "customer")


def _apply(policy: LateFeePolicy, changes: dict[str, Any], currency: str) -> None:
    given = {name: changes[name] for name in changes if name in _FLAGS}
    for name, value in given.items():
        setattr(policy, name, bool(value))
    for name, least in _DAYS.items():
        if name in changes:
            may_be_empty = name == "every_days"
            setattr(policy, name, _whole(changes[name], name, least, LONGEST_DAYS, may_be_empty))
    if "most_fees" in changes:
        policy.most_fees = _whole(changes["most_fees"], "most_fees", 1, MOST_FEES, True)
    if "most_amount" in changes:
        policy.most_amount = _most(changes["most_amount"], currency)
    if "interest_rate" in changes:
        policy.interest_rate = clean_percent(changes["interest_rate"] or 0, param="interest_rate")
    if "tax_profile_id" in changes:
        policy.tax_profile = _tax_profile(policy.organization_id, changes["tax_profile_id"])
    if {"fee_type", "fee_value"} & changes.keys():
        _set_fee(policy, changes, currency)


def _set_fee(policy: LateFeePolicy, changes: dict[str, Any], currency: str) -> None:
    kind = changes.get("fee_type", policy.fee_type) or ""
    value = changes.get("fee_value", policy.fee_value) or Decimal(0)
    if kind not in ("", *LateFeePolicy.FeeType.values):
        words = ", ".join(LateFeePolicy.FeeType.values)
        raise InvalidValue(f"This must be one of {words}.", param="fee_type")
    if kind == LateFeePolicy.FeeType.PERCENT:
        policy.fee_value = clean_percent(value, param="fee_value")
    elif kind == LateFeePolicy.FeeType.FIXED:
        places = get_currency(currency).exponent
        policy.fee_value = clean_decimal(value, param="fee_value", places=min(places, 6))
    else:
        policy.fee_value = Decimal(0)
    if kind and policy.fee_value <= 0:
        raise InvalidValue("The fee must be above zero.", param="fee_value")
    policy.fee_type = kind


def _most(value: Any, currency: str) -> int | None:
    if value is None:
        return None
    most = clean_money(value, currency, param="most_amount")
    if most <= 0:
        raise InvalidValue("The cap must be above zero.", param="most_amount")
    return most


def _tax_profile(organization_id: int, reference: Ref | None) -> TaxProfile | None:
    if reference is None:
        return None
    rows = TaxProfile.objects.of(organization_id)
    return refer(rows, reference, "tax profile", "tax_profile_id")


def _whole(value: Any, param: str, least: int, most: int, may_be_empty: bool) -> int | None:
    if value is None and may_be_empty:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidValue(f"This must be a whole number from {least} to {most}.", param=param)
    return value


def _tell(event: str, policy: LateFeePolicy, actor: Actor, at: datetime.datetime) -> None:
    currency = get_organization(policy.organization_id).base_currency
    data = late_fee_policy_snapshot(policy, currency)
    emit(event, subject=policy, data=data, actor=actor, at=at)
