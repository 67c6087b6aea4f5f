"""Where events go: endpoints, a test that reports the real outcome, and the delivery log."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from billing.web.access import StaffRequest, staff_view
from billing.web.forms.base import StaffForm
from billing.web.listing import page_of
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.webhooks import endpoints, payloads, testing
from integrations.webhooks.replay import replay_delivery


class EndpointForm(StaffForm):
    url = forms.CharField(label="Address", max_length=2000, widget=forms.URLInput)
    description = forms.CharField(required=False, max_length=300)
    events = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted(payloads.vocabulary("enterprise").event_names)
        choices = [(payloads.EVERYTHING, "Everything"), *((name, name) for name in names)]
        self.fields["events"].choices = choices  # type: ignore[attr-defined]

    def _place(self, param: str | None, sentence: str) -> None:
        # `events.0` is the first name of the field.
        super()._place((param or "").partition(".")[0], sentence)


@staff_view("webhooks:manage", methods=("GET", "POST"))
def index(request: StaffRequest) -> HttpResponse:
    """The endpoints, and a form whose answer shows the new secret this once."""
    form = EndpointForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = form.run(
            lambda: endpoints.create_endpoint(actor=request.actor, at=request.at, **form.values())
        )
        if made:
            return _index(request, EndpointForm(), made)
    return _index(request, form)


@staff_view("webhooks:manage")
def detail(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """One endpoint with its deliveries, newest first, and every attempt of each."""
    endpoint = endpoints.get_endpoint(request.actor.organization_id, uuid)
    rows = WebhookDelivery.objects.of(request.actor.organization_id).filter(endpoint=endpoint)
    rows = rows.prefetch_related("attempts").defer("body")
    page = page_of(rows, request, {"created": "created_at"}, "-created")
    context = {"endpoint": endpoint, "page": page, "status": _status(endpoint)}
    return render(request, "app/webhooks/detail.html", context)


@staff_view("webhooks:manage", methods=("POST",))
def test(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Post a test event now, and say exactly what the receiver answered."""
    result = testing.test_endpoint(actor=request.actor, at=request.at, endpoint_id=uuid)
    took = gettext("after {ms} ms").format(ms=result.response_time_ms)
    if result.delivery_status == WebhookDelivery.Status.SUCCEEDED:
        messages.success(
            request,
            gettext("The receiver answered {response_code} {took}.").format(
                response_code=result.response_code, took=took
            ),
        )
    elif result.response_code:
        messages.error(
            request,
            gettext("The receiver answered {response_code} {took}.").format(
                response_code=result.response_code, took=took
            ),
        )
    else:
        messages.error(
            request, gettext("The receiver could not be reached ({took}).").format(took=took)
        )
    return redirect("integrations:webhook-detail", uuid)


@staff_view("webhooks:manage", methods=("POST",))
def switch(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """On or off, as `is_active` says."""
    endpoints.update_endpoint(
        actor=request.actor,
        at=request.at,
        endpoint_id=uuid,
        is_active=request.POST.get("is_active") == "on",
    )
    return redirect("integrations:webhook-detail", uuid)


@staff_view("webhooks:manage", methods=("POST",))
def rotate(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """A new secret; the old one signs beside it for a day."""
    endpoint = endpoints.rotate_secret(actor=request.actor, at=request.at, endpoint_id=uuid)
    return _index(request, EndpointForm(), endpoint)


@staff_view("webhooks:manage", methods=("POST",))
def delete(request: StaffRequest, uuid: UUID) -> HttpResponse:
    endpoints.delete_endpoint(actor=request.actor, at=request.at, endpoint_id=uuid)
    messages.success(request, gettext("The webhook is deleted."))
    return redirect("integrations:webhooks")


@staff_view("webhooks:manage", methods=("POST",))
def replay(request: StaffRequest, uuid: UUID, delivery: UUID) -> HttpResponse:
    """Send once more what the receiver was sent, or was to be sent."""
    replay_delivery(actor=request.actor, at=request.at, endpoint_id=uuid, delivery_id=delivery)
    messages.success(request, gettext("It is sent again in a moment."))
    return redirect("integrations:webhook-detail", uuid)


def _index(
    request: StaffRequest, form: EndpointForm, shown: WebhookEndpoint | None = None
) -> HttpResponse:
    rows = endpoints.list_endpoints(request.actor.organization_id)
    context = {
        "form": form,
        "rows": [(endpoint, _status(endpoint)) for endpoint in rows],
        "shown": shown,
    }
    status = 422 if form.is_bound else 200
    response = render(request, "app/webhooks/list.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _status(endpoint: WebhookEndpoint) -> str:
    return "active" if endpoint.is_active else "disabled"
