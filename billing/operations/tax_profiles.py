"""Tax rules: documents copy them, so a change never reaches what is already written."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from accounts.actors import Actor
from billing.models import (
    CreditNoteTax,
    InvoiceTax,
    Posting,
    Product,
    Quote,
    QuoteLine,
    TaxProfile,
)
from billing.operations.fields import clean_percent, cleaned
from billing.queries.lookup import Ref, find
from billing.snapshots import changed, tax_profile_snapshot
from core.errors import DomainError, InvalidValue, Kind
from core.events import emit

EDITABLE = frozenset(
    {
        "name",
        "type",
        "kind",
        "rate",
        "fixed_amount",
        "currency",
        "is_compound",
        "is_inclusive",
        "is_in_tax_base",
        "category",
        "exemption_reason",
        "jurisdiction",
        "description",
        "is_active",
    }
)
Category = TaxProfile.Category
# Only these categories may carry a rate (EN 16931, BR-Z-05, BR-E-05, BR-AE-05 and so on).
CHARGED = {Category.STANDARD, Category.CANARY_ISLANDS, Category.CEUTA_MELILLA}
# What an invoice must say when it charges no tax (BT-120), unless the profile says it better.
DEFAULT_REASONS: dict[str, str] = {
    Category.EXEMPT: "Exempt from tax",
    Category.REVERSE_CHARGE: "Reverse charge",
    Category.INTRA_EU: "Intra-community supply",
    Category.EXPORT: "Export outside the EU",
    Category.OUT_OF_SCOPE: "Not subject to tax",
}


class TaxProfileNameTaken(DomainError):
    kind, code = Kind.CONFLICT, "tax_profile_name_taken"
    message = "There is already a tax profile named '{name}'."
    default_param = "name"


@transaction.atomic
def create_tax_profile(
    *, actor: Actor, at: datetime.datetime, name: str, rate: Decimal = Decimal(0), **fields: Any
) -> TaxProfile:
    """A new rule; `rate` in percent, `fixed_amount` in major units of `currency` per unit.

    Raises Forbidden, InvalidValue, TaxProfileNameTaken, UnknownCurrency.
    """
    actor.require("products:write")
    profile = TaxProfile(organization_id=actor.organization_id, created_at=at, updated_at=at)
    _apply(profile, {"name": name, "rate": rate, **fields})
    profile.save(force_insert=True)
    emit(
        "tax_profile.created",
        subject=profile,
        data=tax_profile_snapshot(profile),
        actor=actor,
        at=at,
        sequence=1,
    )
    return profile


@transaction.atomic
def update_tax_profile(
    *, actor: Actor, at: datetime.datetime, tax_profile_id: Ref, **changes: Any
) -> TaxProfile:
    """Change a rule for documents to come.

    Raises Forbidden, NotFound, InvalidValue, TaxProfileNameTaken, UnknownCurrency.
    """
    actor.require("products:write")
    profile = _locked(actor, tax_profile_id)
    before = tax_profile_snapshot(profile)
    _apply(profile, changes)
    previous = changed(before, tax_profile_snapshot(profile))
    if not previous:
        return profile
    profile.updated_at = at
    profile.save(force_update=True)
    emit(
        "tax_profile.updated",
        subject=profile,
        data=tax_profile_snapshot(profile),
        previous=previous,
        actor=actor,
        at=at,
    )
    return profile


@transaction.atomic
def delete_tax_profile(*, actor: Actor, at: datetime.datetime, tax_profile_id: Ref) -> None:
    """Remove a rule that nothing refers to; one that was used is retired and kept.

    Raises Forbidden, NotFound.
    """
    actor.require("products:write")
    profile = _locked(actor, tax_profile_id)
    profile.is_active = False
    profile.updated_at = at
    emit(
        "tax_profile.deleted",
        subject=profile,
        data=tax_profile_snapshot(profile),
        previous={"is_active": True},
        actor=actor,
        at=at,
    )
    users = (Product, InvoiceTax, CreditNoteTax, Posting)
    own = {"organization_id": actor.organization_id, "tax_profile": profile}
    if _is_quoted(profile) or any(model.objects.filter(**own).exists() for model in users):
        profile.save(update_fields=["is_active", "updated_at"])
    else:
        profile.delete()


def _is_quoted(profile: TaxProfile) -> bool:
    """Whether a quote bears it: quotes keep their taxes as copies only, and become invoices."""
    key = str(profile.uuid)
    for rows, copies in ((QuoteLine.objects, "taxes"), (Quote.objects, "charges")):
        texts = rows.of(profile.organization_id).annotate(text=Cast(copies, TextField()))
        if texts.filter(text__contains=key).exists():
            return True
    return False


def _locked(actor: Actor, reference: Ref) -> TaxProfile:
    rows = TaxProfile.objects.of(actor.organization_id).select_for_update()
    return find(rows, reference, "tax profile")


def _apply(profile: TaxProfile, values: dict[str, Any]) -> None:
    for name, value in cleaned(TaxProfile, values, EDITABLE).items():
        setattr(profile, name, value)
    clean_percent(profile.rate, param="rate")
    if profile.rate and profile.category not in CHARGED:
        raise InvalidValue(
            f"Category {profile.category} charges no tax: the rate must be 0.", param="rate"
        )
    if not profile.exemption_reason:
        profile.exemption_reason = DEFAULT_REASONS.get(profile.category, "")
    _check_fixed(profile)
    twins = TaxProfile.objects.of(profile.organization_id).filter(name=profile.name, is_active=True)
    if profile.is_active and twins.exclude(pk=profile.pk).exists():
        raise TaxProfileNameTaken(name=profile.name)


def _check_fixed(profile: TaxProfile) -> None:
    if profile.kind == TaxProfile.Kind.PERCENT:
        profile.fixed_amount, profile.currency = Decimal(0), ""
        return
    if profile.fixed_amount <= 0:
        raise InvalidValue("A fixed tax needs an amount above 0.", param="fixed_amount")
    if not profile.currency:
        raise InvalidValue("A fixed tax needs its currency.", param="currency")
    profile.rate = Decimal(0)
