"""GET /api/v1/ui: the page on which a user adds, watches, repairs and removes collectors.

The page itself is the same for everybody; what it needs to know stands in a block of JSON.
The token comes in its address, and its script takes it out of there before anything else.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language

from accounts.models import Organization
from core import tenancy
from core.models import as_uuid
from integrations.collectors import accounts, people
from integrations.collectors.sentences import vocabulary
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.shapes import File
from integrations.dialects.collector import bodies
from integrations.dialects.collector.authentication import InvalidUserToken, token_in
from integrations.dialects.collector.page_words import words
from integrations.dialects.collector.views.base import SCOPES, CollectorView
from integrations.models import CollectorAccount

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)


class Page(CollectorView):
    takes_user_tokens = True
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Show a user the page of their collectors",
            scopes=SCOPES,
            query=bodies.PAGE,
            answer=File(media_type="text/html", description="The page."),
            description="For a tab of the browser, or for a frame of a site among the customer's"
            " `allowedOrigins`. Browsers are shown a page also where the token has ended.",
            errors=(InvalidUserToken,),
        )
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if response.status_code == 401 and "text/html" in request.headers.get("Accept", ""):
            return _ended(request)
        return response

    def get(self, request: HttpRequest) -> HttpResponse:
        user, ends_at = self.caller_user, self.token_ends_at
        if user is None or ends_at is None:
            # A customer has no collectors of its own.
            raise InvalidUserToken()
        given, account = self.query(), self.account
        boot = {
            "endsInMs": int((ends_at - self.now).total_seconds() * 1000),
            "needsTerms": people.needs_consent(user),
            "code": given.get("verificationCode", ""),
            "credential": given.get("credential_id", ""),
            "hasCallback": bool(account.callback),
            "showsSketches": account.shows_sketches,
        }
        return _page(request, boot, user.locale, account, self.organization)


def _ended(request: HttpRequest) -> HttpResponse:
    """The same page without a token: it says so, and asks the site around it for another."""
    account = _account_of(request)
    spoken = (get_language() or "")[:2]
    locale = spoken if spoken in people.LOCALES else people.LOCALES[-1]
    organization = account.organization if account else None
    return _page(request, {"endsInMs": 0}, locale, account, organization, status=401)


def _account_of(request: HttpRequest) -> CollectorAccount | None:
    """Whose page it was: by its token, also one that has ended, else by the address."""
    # The connection may still be narrowed to whom it served before.
    tenancy.widen()
    rows = CollectorAccount.objects.select_related("organization")
    token = token_in(request)
    customer = people.customer_of_token(token) if token else None
    if customer is not None:
        return rows.filter(organization=customer).first()
    named = as_uuid(request.GET.get("customer", ""))
    return rows.filter(uuid=named).first() if named else None


def _page(
    request: HttpRequest,
    boot: dict[str, Any],
    locale: str,
    account: CollectorAccount | None,
    organization: Organization | None,
    status: int = 200,
) -> HttpResponse:
    origins = account.origins if account else []
    name = organization.display_name if organization else settings.PRODUCT_NAME
    context = {
        "words": words(locale),
        "locale": locale,
        "for_whom": words(locale)["for"].format(name=name),
        "theme": account.theme if account else accounts.THEMES[0],
        "boot": {
            **boot,
            "api": request.path.rpartition("/")[0],
            "locale": locale,
            "customer": str(account.uuid) if account else "",
            "customerName": name,
            "origins": origins,
            "words": words(locale)["script"],
            "sentences": vocabulary(locale),
            "termsUrl": settings.COLLECTOR_TERMS_URL,
        },
    }
    response = render(request, "collector/page.html", context, status=status)
    response.xframe_options_exempt = True
    for header, value in {
        "Content-Security-Policy": _POLICY.format(ancestors=" ".join(origins) or "'none'"),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
        "Content-Language": locale,
    }.items():
        response.headers[header] = value
    return response
