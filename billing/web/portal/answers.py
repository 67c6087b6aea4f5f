"""Saying yes or no to a quote, signed in."""

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase

from billing.operations.guards import VersionConflict
from billing.operations.quote_answers import accept_quote, decline_quote
from billing.web.portal.access import PortalRequest, see_other, signed_in
from billing.web.portal.documents import document_page
from billing.web.portal.papers import PAPERS
from core.errors import DomainError, InvalidValue, Kind

_MOST_NAME, _MOST_REASON = 200, 500


@signed_in("portal:answer", methods=("POST",))
def accept(request: PortalRequest, uuid: UUID) -> HttpResponseBase:
    name = request.POST.get("name", "")[:_MOST_NAME]
    return _answered(request, uuid, accept_quote, accepted_by=name)


@signed_in("portal:answer", methods=("POST",))
def decline(request: PortalRequest, uuid: UUID) -> HttpResponseBase:
    reason = request.POST.get("reason", "")[:_MOST_REASON]
    return _answered(request, uuid, decline_quote, reason=reason)


def _answered(
    request: PortalRequest, uuid: UUID, operation: Any, **values: str
) -> HttpResponseBase:
    """Do it and show the quote; what the domain refuses is said on its page."""
    version = request.POST.get("version", "")
    trouble, status = "", 200
    try:
        operation(
            actor=request.actor,
            at=request.at,
            quote_id=uuid,
            expected_version=int(version) if version.isdigit() and len(version) < 10 else 0,
            **values,
        )
    except InvalidValue:
        trouble, status = "name_needed", 422
    except VersionConflict:
        trouble, status = "quote_changed", 409
    except DomainError as error:
        if error.kind in (Kind.NOT_FOUND, Kind.FORBIDDEN):
            raise
        trouble, status = "quote_closed", 409
    if not trouble:
        return see_other("portal:document", request, "quotes", uuid)
    return document_page(
        request, PAPERS["quotes"], uuid, trouble=request.words[trouble], status=status
    )
