"""The door of every public page: the link is the credential, and misses are counted.

Reading changes nothing. That a person looked is told by the page itself: a script waits
until the page is visible, then posts the proof that the page gave it. A mail scanner, a
preview or a prefetch runs no such script, or gets no proof.
"""

import datetime
from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar

from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from accounts.actors import Actor
from accounts.models import Membership, Organization, Role
from billing.documents import colours
from billing.documents.wording import words_for
from core import tenancy

MISSES_PER_MINUTE = 60
_PROOF_SALT = "billing.web.public.viewed"
_LEAST_SECONDS, _MOST_SECONDS = 1, 24 * 3600
# A page with a form says same-origin instead: without an origin its own post is refused.
_HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
_DARK = colours.parse("#12161d")


class Opened(Protocol):
    """What a link leads to."""

    organization_id: int
    organization: Organization


T = TypeVar("T", bound=Opened)
View = Callable[..., HttpResponse]


def opens(
    find: Callable[[str, datetime.datetime], T | None], gone: Callable[[T], str] = lambda _: ""
) -> Callable[[Callable[..., HttpResponse]], View]:
    """A decorator for views that take what the link leads to instead of its token.

    Whatever `find` does not open looks the same as a link that never was; `gone` says why
    one that was opened shows nothing any more, as a word of closed_page.
    """

    def wrap(answer: Callable[..., HttpResponse]) -> View:
        @wraps(answer)
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            address = request.META.get("REMOTE_ADDR", "")
            if _misses(address) >= MISSES_PER_MINUTE:
                return closed_page(request, "slow_down", 429)
            found = find(token, timezone.now())
            if found is None:
                _count_miss(address)
                return closed_page(request, "not_found", 404)
            reason = gone(found)
            if reason:
                return closed_page(request, reason, 410)
            tenancy.narrow(found.organization_id)
            return private(answer(request, found))

        return opened

    return wrap


def closed_page(request: HttpRequest, reason: str, status: int) -> HttpResponse:
    """A page without any data, in the reader's own language."""
    language, words = words_for(get_language() or "en")
    context = {
        "language": language,
        "title": words[f"{reason}_title"],
        "text": words[f"{reason}_text"],
    }
    response = render(request, "public/closed.html", context, status=status)
    response["Content-Language"] = language
    if status == 429:
        response["Retry-After"] = "60"
    return private(response)


def private(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, found by no search, and telling no other site of its address."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def clock(organization: Organization) -> datetime.datetime:
    """Now; in a sandbox with a test clock, what that clock says."""
    return organization.test_clock or timezone.now()


def customer_actor(organization: Organization) -> Actor:
    """Whoever holds the link: no scopes, only what operations grant to a link's holder."""
    return Actor(
        organization_id=organization.pk,
        kind="customer",
        label="public link",
        scopes=frozenset(),
        livemode=organization.livemode,
    )


def proof_for(request: HttpRequest, organization: Organization, token: str) -> str:
    """What the page posts once it was seen; empty for those who do not count as customers."""
    if is_prefetch(request) or is_staff(request, organization):
        return ""
    issued_ms = int(timezone.now().timestamp() * 1000)
    return signing.Signer(salt=_PROOF_SALT).sign_object({"token": token, "ms": issued_ms})


def is_seen(request: HttpRequest, organization: Organization, token: str) -> bool:
    """Whether a customer's page posts a proof: ours, of this link, a second to a day old."""
    if is_prefetch(request) or is_staff(request, organization):
        return False
    try:
        claim = signing.Signer(salt=_PROOF_SALT).unsign_object(request.POST.get("proof", ""))
    except signing.BadSignature:
        return False
    issued_at = datetime.datetime.fromtimestamp(claim["ms"] / 1000, tz=datetime.UTC)
    age = (timezone.now() - issued_at).total_seconds()
    return bool(claim["token"] == token and _LEAST_SECONDS <= age <= _MOST_SECONDS)


def is_prefetch(request: HttpRequest) -> bool:
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return any("prefetch" in purpose.lower() for purpose in purposes)


def is_staff(request: HttpRequest, organization: Organization) -> bool:
    """People of the organization look at their own documents without being customers."""
    if not request.user.is_authenticated:
        return False
    own = Membership.objects.of(organization.sandbox_of_id or organization.pk)
    return own.filter(user=request.user).exclude(role=Role.CUSTOMER).exists()


def theme_sheet(accent: str) -> HttpResponse:
    """The accent of the organization as a style sheet: the page itself carries no styles."""
    chosen = colours.palette(accent)
    light = {
        "accent": chosen.fill,
        "accent-text": chosen.text,
        "on-accent": chosen.on_fill,
        "accent-tint": chosen.tint,
    }
    dark_tint = colours.mix(_DARK, chosen.fill, 0.16)
    dark = {
        "accent-text": colours.readable_on(chosen.fill, dark_tint),
        "accent-tint": dark_tint,
    }
    sheet = f":root{{{_declarations(light)}}}"
    sheet += f"@media screen and (prefers-color-scheme:dark){{:root{{{_declarations(dark)}}}}}"
    return HttpResponse(sheet, content_type="text/css; charset=utf-8")


def count_of(key: str) -> int:
    """How often the key was counted within its time."""
    return int(cache.get(key) or 0)


def count(key: str, seconds: int) -> None:
    """Count the key once more, for that long after it was first counted."""
    if not cache.add(key, 1, timeout=seconds):
        try:
            cache.incr(key)
        except ValueError:
            # It ran out between the two calls: a new time begins.
            cache.add(key, 1, timeout=seconds)


def _misses(address: str) -> int:
    return count_of(f"public-link-misses:{address}")


def _count_miss(address: str) -> None:
    count(f"public-link-misses:{address}", 60)


def _declarations(values: dict[str, Any]) -> str:
    return "".join(f"--{name}:{colours.spell(colour)};" for name, colour in values.items())
