"""What a browser remembers about its reader."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from billing.web.access import back_to

THEMES = ("auto", "day", "night")
_YEAR = 365 * 24 * 3600


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the device says; kept in a cookie so that pages never flash."""
    response = back_to(request, request.POST.get("next", ""), "/")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=_YEAR, secure=request.is_secure(), samesite="Lax"
        )
    return response
