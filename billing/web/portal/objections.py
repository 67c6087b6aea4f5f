"""Saying that an invoice is wrong."""

from uuid import UUID

from django.http import HttpResponseBase

from billing.operations.portal_disputes import dispute_own_invoice
from billing.web.portal.access import PortalRequest, refused, see_other, signed_in
from billing.web.portal.documents import document_page
from billing.web.portal.papers import PAPERS
from core.errors import DomainError, InvalidValue, Kind
from core.models import as_uuid

_MOST_REASON = 2_000


@signed_in("portal:dispute", methods=("POST",))
def dispute(request: PortalRequest, uuid: UUID) -> HttpResponseBase:
    """The whole invoice, or one line of it."""
    reason = request.POST.get("reason", "").strip()[:_MOST_REASON]
    line = request.POST.get("line", "")
    trouble, status = "", 200
    try:
        dispute_own_invoice(
            actor=request.actor,
            at=request.at,
            invoice_id=uuid,
            reason=reason,
            line_id=as_uuid(line) if line else None,
        )
    except InvalidValue:
        trouble, status = request.words["reason_needed"], 422
    except DomainError as error:
        if error.kind in (Kind.NOT_FOUND, Kind.FORBIDDEN):
            raise
        trouble, status = refused(request, error), 409
    if not trouble:
        return see_other("portal:document", request, "invoices", uuid)
    return document_page(
        request, PAPERS["invoices"], uuid, trouble=trouble, status=status, given_reason=reason
    )
