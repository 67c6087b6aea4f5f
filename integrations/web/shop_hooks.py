"""Where shops send their orders. The signature is the credential; nobody signs in."""

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from core import tenancy
from core.errors import DomainError, Kind
from integrations.models import ShopDelivery
from integrations.shops import booking, receiving

logger = logging.getLogger(__name__)

_STATUSES = {Kind.NOT_FOUND: 404, Kind.UNAUTHENTICATED: 401, Kind.MALFORMED: 400}


@csrf_exempt
def receive(request: HttpRequest, address: str) -> HttpResponse:
    """Take a delivery: 200 once it is kept, whatever can be booked of it.

    A shop sends again what it got another answer for, so only what a second try might mend,
    or what was never its delivery, is refused.
    """
    try:
        return _receive(request, address)
    except DomainError as error:
        return _refuse(_STATUSES[error.kind], str(error))
    except DatabaseError:
        # Nothing was kept, so the shop must send it again.
        logger.exception("a delivery could not be kept")
        return _refuse(503, "The delivery could not be kept. Send it again.")


def _receive(request: HttpRequest, address: str) -> HttpResponse:
    connection = receiving.find_shop(address)
    if request.method != "POST":
        response = _refuse(405, "Deliveries are posted.")
        response["Allow"] = "POST"
        return response
    # From here on the connection sees this organization only.
    tenancy.narrow(connection.organization_id)
    raw = _body(request)
    if raw is None:
        return _refuse(413, f"A delivery has at most {receiving.MAX_BODY_BYTES} bytes.")
    if receiving.is_ping(connection, raw):
        return _say({"status": "ready"})
    at = timezone.now()
    delivery, is_new = receiving.accept(connection, request.headers, raw, at)
    if is_new:
        delivery = booking.book(delivery, at, may_wait=False)
    return _say(_outcome(delivery))


def _body(request: HttpRequest) -> bytes | None:
    """The raw body, or None when there is too much of it."""
    try:
        raw = request.body
    except RequestDataTooBig:
        return None
    except UnreadablePostError:
        raise receiving.UnreadableDelivery(reason="The body did not arrive whole.") from None
    return raw if len(raw) <= receiving.MAX_BODY_BYTES else None


def _outcome(delivery: ShopDelivery) -> dict[str, Any]:
    """What became of it so far; the plugin writes it beside the order."""
    invoice = delivery.invoice
    return {
        "status": delivery.state,
        "reason": delivery.error,
        "invoice": invoice
        and {
            "number": invoice.number,
            "url": f"{settings.BASE_URL}/i/{invoice.public_token}",
        },
    }


def _say(answer: dict[str, Any]) -> HttpResponse:
    return _closed(JsonResponse(answer))


def _refuse(status: int, sentence: str) -> HttpResponse:
    return _closed(JsonResponse({"error": sentence}, status=status))


def _closed(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
