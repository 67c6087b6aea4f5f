"""What a tracked mail asks for: a dot that is not seen, and the way to the document."""

import base64

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.operations.organizations import update_organization
from billing.web.access import StaffRequest, staff_view
from billing.web.public_access import closed_page, is_prefetch, is_staff, opens
from integrations.mail.fates import Happened
from integrations.mail.tracking import (
    Tracked,
    find_tracked,
    is_machine,
    record_seen,
    target_of,
)

# The smallest transparent picture.
_DOT = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@require_http_methods(["GET", "HEAD"])
@opens(find_tracked)
def dot(request: HttpRequest, tracked: Tracked) -> HttpResponse:
    """The picture is the same whether it counts or not."""
    _count(request, tracked, Happened.OPENED)
    return HttpResponse(_DOT, content_type="image/gif")


@require_http_methods(["GET", "HEAD"])
@opens(find_tracked)
def follow(request: HttpRequest, tracked: Tracked) -> HttpResponse:
    """On to the document's own page, which is the only place this leads to."""
    target = target_of(tracked.recipient.message)
    if not target:
        return closed_page(request, "not_found", 404)
    _count(request, tracked, Happened.CLICKED)
    return HttpResponseRedirect(target)


@staff_view("settings:write", methods=("GET", "POST"))
def settings(request: StaffRequest) -> HttpResponse:
    """The switch, and what it means for those who are mailed."""
    if request.method == "POST":
        wanted = request.POST.get("tracks_mail") == "on"
        update_organization(actor=request.actor, at=request.at, tracks_mail=wanted)
        told = gettext("Opens and clicks are recorded from now on.")
        messages.success(request, told if wanted else gettext("Nothing is recorded from now on."))
        return redirect("integrations:mail-tracking")
    return render(request, "app/settings/mail_tracking.html", {})


def _count(request: HttpRequest, tracked: Tracked, happened: str) -> None:
    is_person = request.method == "GET" and not is_prefetch(request)
    if not is_person or is_machine(request.headers.get("User-Agent", "")):
        return
    if not is_staff(request, tracked.organization):
        record_seen(tracked, happened, timezone.now())
