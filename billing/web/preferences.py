"""What a browser and a person's own settings remember about the reader."""

from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.operations.users import update_user
from billing.web.access import back_to
from billing.web.language import reading_language

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


@require_POST
@login_required
def choose_language(request: HttpRequest) -> HttpResponse:
    """The language of the person's pages; numbers and dates follow it.

    Kept with the person, and in a cookie for the pages before signing in.
    """
    response = back_to(request, request.POST.get("next", ""), "/")
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        user = cast(User, request.user)
        if reading_language(user.locale) != chosen:
            update_user(at=timezone.now(), user_id=user.pk, locale=chosen)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=_YEAR,
            secure=request.is_secure(),
            samesite="Lax",
        )
    return response
