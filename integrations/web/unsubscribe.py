"""The public page behind the link in a reminder: looking changes nothing, the button does."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from billing.models import MailSuppression
from billing.operations.suppressions import suppress_address
from billing.web.public_access import clock, customer_actor, opens
from integrations.mail.unsubscribing import Unsubscription, find_unsubscription
from integrations.mail.words import words_for


@csrf_exempt  # The link is the proof, and mail programs post without having seen the page.
@require_http_methods(["GET", "HEAD", "POST"])
@opens(find_unsubscription)
def unsubscribe(request: HttpRequest, link: Unsubscription) -> HttpResponse:
    """The question, or on a post the deed; RFC 8058 posts here with one click."""
    if request.method == "POST":
        by_program = request.POST.get("List-Unsubscribe") == "One-Click"
        suppress_address(
            actor=customer_actor(link.organization),
            at=clock(link.organization),
            address=link.address,
            reason=MailSuppression.Reason.UNSUBSCRIBED,
            detail="With one click in a mail program." if by_program else "By a reminder's link.",
        )
    return _page(request, link, is_done=request.method == "POST")


def _page(request: HttpRequest, link: Unsubscription, *, is_done: bool) -> HttpResponse:
    language, words = words_for(get_language() or "en")
    key = "unsubscribed" if is_done else "unsubscribe"
    seller = link.organization.display_name
    context = {
        "language": language,
        "title": words[f"{key}_title"],
        "text": words[f"{key}_text"].format(address=link.address, seller=seller),
        "button": "" if is_done else words["unsubscribe"],
    }
    response = render(request, "public/unsubscribe.html", context)
    response["Content-Language"] = language
    return response
