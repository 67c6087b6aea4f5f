"""Where a mail provider tells what became of mail. Its signature or secret is the credential."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from core.errors import DomainError, Kind
from integrations.mail import providers

_STATUSES = {Kind.UNAUTHENTICATED: 401, Kind.MALFORMED: 400}


@csrf_exempt
def receive(request: HttpRequest) -> HttpResponse:
    """200 once everything in it is written down; there is no such page without a provider."""
    if not settings.MAIL_PROVIDER:
        raise Http404
    if request.method == "HEAD":
        # Some ask so whether the address is there.
        return _closed(HttpResponse())
    if request.method != "POST":
        response = _closed(JsonResponse({"error": "News is posted."}, status=405))
        response["Allow"] = "HEAD, POST"
        return response
    try:
        count = providers.take(request, at=timezone.now())
    except DomainError as error:
        status = _STATUSES[error.kind]
        return _closed(JsonResponse({"error": str(error)}, status=status))
    return _closed(JsonResponse({"news": count}))


def _closed(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
