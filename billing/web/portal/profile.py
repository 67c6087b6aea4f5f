"""Where the customer is, who reads their mail, and in which language."""

from typing import Any
from uuid import UUID

from babel import Locale
from django.http import HttpResponse, HttpResponseBase

from billing.models import CustomerContact
from billing.operations.portal_profile import (
    LANGUAGES,
    OWN_CONTACT,
    OWN_DETAILS,
    remove_own_contact,
    save_own_contact,
    update_own_details,
)
from billing.queries.lookup import find
from billing.web.forms.base import country_choices
from billing.web.portal.access import PortalRequest, refused, see_other, show, signed_in
from core.errors import DomainError, InvalidFields, Kind

# Browsers fill in what they know by these names.
_AUTOCOMPLETE = {
    "address_line1": "address-line1",
    "address_line2": "address-line2",
    "address_line3": "address-line3",
    "postal_code": "postal-code",
    "city": "address-level2",
    "subdivision": "address-level1",
    "phone": "tel",
    "contact_name": "name",
}
_TEXTS = tuple(name for name in OWN_DETAILS if name not in ("country", "locale"))


@signed_in("portal:profile", methods=("GET", "POST"))
def details(request: PortalRequest) -> HttpResponseBase:
    """The customer's own details; issued documents keep what they say."""
    if request.method != "POST":
        values = {name: getattr(request.customer, name) for name in OWN_DETAILS}
        return _show(request, values)
    values = {name: request.POST.get(name, "")[:1000] for name in OWN_DETAILS}
    changes: dict[str, Any] = dict(values)
    own = request.customer.locale
    if own.replace("-", "_").partition("_")[0] == changes["locale"]:
        # The same language: how its country writes figures stays.
        changes["locale"] = own
    try:
        update_own_details(actor=request.actor, at=request.at, **changes)
    except DomainError as error:
        return _show(request, values, _troubles(request, error), 422)
    return see_other("portal:details", request, query="saved=1")


@signed_in("portal:profile", methods=("GET", "POST"))
def contact(request: PortalRequest, uuid: UUID | None = None) -> HttpResponseBase:
    """A person at the customer: a new one, or one that is known."""
    rows = CustomerContact.objects.of(request.organization.pk)
    known = find(rows.filter(customer=request.customer), uuid, "contact") if uuid else None
    if request.method != "POST":
        values = {name: getattr(known, name) if known else "" for name in OWN_CONTACT}
        return _show_contact(request, known, values)
    fields: dict[str, Any] = {
        name: request.POST.get(name, "")[:1000]
        for name in OWN_CONTACT
        if name != "receives_invoices"
    }
    fields["receives_invoices"] = "receives_invoices" in request.POST
    try:
        save_own_contact(
            actor=request.actor, at=request.at, contact_id=known.pk if known else None, **fields
        )
    except DomainError as error:
        if error.kind is Kind.NOT_FOUND:
            raise
        return _show_contact(request, known, fields, _troubles(request, error), 422)
    return see_other("portal:details", request, query="saved=1")


@signed_in("portal:profile", methods=("POST",))
def remove(request: PortalRequest, uuid: UUID) -> HttpResponseBase:
    remove_own_contact(actor=request.actor, at=request.at, contact_id=uuid)
    return see_other("portal:details", request, query="saved=1")


def _show(
    request: PortalRequest,
    values: dict[str, Any],
    troubles: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    troubles = troubles or {}
    language = str(values["locale"] or request.locale).replace("-", "_").partition("_")[0]
    context = {
        "fields": [
            (name, request.words[f"own_{name}"], values[name], troubles.get(name, ""),
             _AUTOCOMPLETE.get(name, "off"))
            for name in _TEXTS
        ],
        "countries": country_choices(request.language),
        "country": values["country"],
        "country_trouble": troubles.get("country", ""),
        "languages": [(code, _own_name(code)) for code in LANGUAGES],
        "chosen_language": language,
        "contacts": list(request.customer.contacts.order_by("pk")),
        "trouble": troubles.get("", ""),
        "is_saved": "saved" in request.GET,
    }  # fmt: skip
    return show(request, "portal/details.html", context, status)


def _show_contact(
    request: PortalRequest,
    known: CustomerContact | None,
    values: dict[str, Any],
    troubles: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    troubles = troubles or {}
    kinds = {"name": "text", "email": "email", "phone": "tel", "position": "text"}
    context = {
        "person": known,
        "fields": [
            (name, request.words[f"contact_{name}"], values[name], troubles.get(name, ""), kind)
            for name, kind in kinds.items()
        ],
        "receives_invoices": values["receives_invoices"],
        "trouble": troubles.get("", ""),
    }
    return show(request, "portal/contact.html", context, status)


def _troubles(request: PortalRequest, error: DomainError) -> dict[str, str]:
    """What was refused, by field; without one, above the form."""
    if isinstance(error, InvalidFields):
        return {param: request.words["error_field"] for param, _code, _text in error.errors}
    if error.kind is Kind.INVALID and error.param:
        return {error.param: request.words["error_field"]}
    return {"": refused(request, error)}


def _own_name(code: str) -> str:
    return (Locale.parse(code).get_display_name(code) or code).capitalize()
