"""Lists that people keep: saving and forgetting them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.operations.saved_filters import PAGES, delete_filter, save_filter
from billing.web.access import StaffRequest, back_to, staff_view


@staff_view(methods=("POST",))
def save(request: StaffRequest, page: str) -> HttpResponse:
    """Keep what the list shows at the moment."""
    fallback = f"billing:{page}" if page in PAGES else "billing:dashboard"
    saved = save_filter(
        actor=request.actor,
        at=request.at,
        page=page,
        name=request.POST.get("name", ""),
        query=request.POST.get("query", ""),
        is_shared=bool(request.POST.get("is_shared")),
    )
    messages.success(request, _("“{name}” is kept above the list.").format(name=saved.name))
    return back_to(request, f"{reverse(fallback)}?{saved.query}", fallback)


@staff_view(methods=("POST",))
def delete(request: StaffRequest, uuid: UUID) -> HttpResponse:
    saved = delete_filter(actor=request.actor, at=request.at, filter_id=uuid)
    messages.success(request, _("“{name}” is forgotten.").format(name=saved.name))
    return redirect(f"billing:{saved.page}")
