"""How supplier invoices come in: the bearers, where invoices go to, and who may show the page."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.queries.api_keys import get_api_key
from billing.web.access import StaffRequest, staff_view
from billing.web.forms.base import StaffForm
from billing.web.listing import page_of
from integrations.collectors import accounts, bearers, callbacks
from integrations.collectors.sources import SOURCES
from integrations.models import CallbackDelivery, CollectorAccount

Status = CallbackDelivery.Status
# What is being replaced by what: the badges of deliveries.
_LOOKS = {Status.PENDING: "pending", Status.SUCCEEDED: "succeeded", Status.FAILED: "failed"}


class AccountForm(StaffForm):
    callback = forms.CharField(
        label=gettext_lazy("Callback address"),
        required=False,
        max_length=2000,
        widget=forms.URLInput(attrs={"placeholder": "https://app.example.com/invoices"}),
        help_text=gettext_lazy("Every new invoice is posted there, signed."),
    )
    origins = forms.CharField(
        label=gettext_lazy("Sites that may show the page in a frame"),
        required=False,
        max_length=7000,
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": "https://app.example.com", "spellcheck": "false"}
        ),
        help_text=gettext_lazy(
            "One a line, such as https://app.example.com. All others are refused."
        ),
    )
    theme = forms.ChoiceField(
        label=gettext_lazy("Colours of the page"),
        choices=[
            ("default", gettext_lazy("Green, light or dark as the device")),
            ("ocean", gettext_lazy("Blue, light or dark as the device")),
            ("dark", gettext_lazy("Always dark")),
        ],
    )


@staff_view("webhooks:manage", methods=("GET", "POST"))
def index(request: StaffRequest) -> HttpResponse:
    """Everything about it on one page, and a form for what can be changed."""
    if request.method != "POST":
        return _index(request)
    form = AccountForm(request.POST)
    if form.is_valid():
        values = form.values()
        values["origins"] = values["origins"].split()
        # A callback that is not changed is not asked for what it has not taken.
        if values["callback"] == _account(request).callback:
            del values["callback"]
        saved = form.run(
            lambda: accounts.update_account(actor=request.actor, at=timezone.now(), **values)
        )
        if saved:
            messages.success(request, _("Saved."))
            return redirect("integrations:collecting")
    return _index(request, form)


@staff_view("webhooks:manage", "settings:write", methods=("POST",))
def rotate(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Another bearer, shown this once; the old one ends now and with it every user's token."""
    key = get_api_key(request.actor.organization_id, uuid)
    secret = bearers.replace_bearer(actor=request.actor, at=timezone.now(), api_key_id=key.pk)
    return _index(request, shown=(_("The new bearer"), secret))


@staff_view("webhooks:manage", methods=("POST",))
def secret(request: StaffRequest) -> HttpResponse:
    """Another secret for the callback's signatures, shown this once."""
    account = accounts.replace_secret(actor=request.actor, at=timezone.now())
    return _index(request, shown=(_("The new signing secret"), account.secret))


@staff_view("webhooks:manage", methods=("POST",))
def test(request: StaffRequest) -> HttpResponse:
    """Send the callback a made-up invoice now, and say what it answered."""
    callbacks.test_callback(actor=request.actor, at=timezone.now())
    messages.success(request, _("The callback took the test invoice."))
    return redirect("integrations:collecting")


@staff_view("webhooks:manage", methods=("POST",))
def replay(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """Send once more what the callback was sent, or was to be sent."""
    callbacks.deliver_again(actor=request.actor, at=timezone.now(), delivery_id=delivery_id)
    messages.success(request, _("It is sent again in a moment."))
    return redirect("integrations:collecting")


def _index(
    request: StaffRequest,
    form: AccountForm | None = None,
    shown: tuple[str, str] | None = None,
) -> HttpResponse:
    organization_id, now = request.actor.organization_id, timezone.now()
    account = _account(request)
    initial = {
        "callback": account.callback,
        "origins": "\n".join(account.origins),
        "theme": account.theme,
    }
    page = page_of(_deliveries(organization_id), request, {"created": "created_at"}, "-created")
    context = {
        "account": account,
        "form": form or AccountForm(initial=initial),
        "shown": shown,
        "bearers": bearers.bearers(organization_id, now),
        "printed": bearers.printed_bearer(organization_id, now),
        "figures": accounts.stats(organization_id, now),
        "page": page,
        "rows": [(row, _LOOKS[Status(row.status)], _name(row)) for row in page.rows],
    }
    status = 422 if form is not None else 200
    response = render(request, "app/collecting/index.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _account(request: StaffRequest) -> CollectorAccount:
    return accounts.get_account(request.actor.organization_id, timezone.now())


def _deliveries(organization_id: int) -> QuerySet[CallbackDelivery]:
    rows = CallbackDelivery.objects.of(organization_id)
    rows = rows.select_related("credential__user", "invoice")
    heavy = ("data_key", "sealed_params", "sealed_session", "sealed_code")
    return rows.defer("invoice__sealed_document", *(f"credential__{name}" for name in heavy))


def _name(delivery: CallbackDelivery) -> Any:
    source = SOURCES.get(delivery.credential.source)
    return source.description.name["en"] if source else delivery.credential.source
