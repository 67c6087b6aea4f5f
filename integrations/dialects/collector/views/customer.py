"""/api/v1/customer, the test of its callback, and feedback."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from accounts.operations.api_keys import KeyNotUsable
from core.errors import InvalidValue, NotFound
from integrations.collectors import accounts, bearers, callbacks
from integrations.collectors.origins import InvalidOrigin
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.collector import bodies, shapes
from integrations.dialects.collector.presenters import present_customer
from integrations.dialects.collector.views.base import SCOPES, CollectorView
from integrations.http import AddressRefused, InvalidUrl
from integrations.models import CallbackDelivery

_UPDATE = Endpoint(
    summary="Update the customer",
    scopes=SCOPES,
    body=bodies.CUSTOMER,
    answer=shapes.CUSTOMER,
    description="What is not sent stays. Another callback is sent at once what the former one"
    " did not take.",
    errors=(accounts.ThemeNotSupported, InvalidOrigin, InvalidUrl, AddressRefused),
    example={"callback": "https://path.to/callback"},
)
_TEST = Endpoint(
    summary="Send a made-up invoice to the callback",
    scopes=SCOPES,
    description="One attempt, signed like every delivery.",
    errors=(accounts.CallbackMissing, callbacks.CallbackFailed),
)


class Customer(CollectorView):
    has_old_spellings = False
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(summary="Get the customer", scopes=SCOPES, answer=shapes.CUSTOMER),
        "POST": _UPDATE,
        "PUT": _UPDATE,
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.answer(present_customer(self.organization, self.account))

    def post(self, request: HttpRequest) -> HttpResponse:
        changed = accounts.update_account(**self.who, **self.body())
        return self.answer(present_customer(self.organization, changed))

    put = post


class CustomerBearer(CollectorView):
    is_secret = True
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Replace the bearer",
            scopes=("settings:write",),
            answer=shapes.BEARER,
            description="The calling bearer ends at once, and with it every user's token.",
            errors=(KeyNotUsable,),
        )
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        own = self.actor.credential_id or 0
        return self.answer({"bearer": bearers.replace_bearer(**self.who, api_key_id=own)})


class CallbackSecret(CollectorView):
    is_secret = True
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Replace the secret that signs what goes to the callback",
            scopes=SCOPES,
            answer=shapes.SECRET,
        )
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.answer({"secret": accounts.replace_secret(**self.who).secret})


class CustomerStats(CollectorView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Count users, credentials and invoices", scopes=SCOPES, answer=shapes.STATS
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        found = accounts.stats(self.organization.pk, self.now)
        found["invoicesThisMonth"] = found.pop("invoices")
        return self.answer(found)


class CallbackTest(CollectorView):
    endpoints: ClassVar[Endpoints] = {"GET": _TEST}

    def get(self, request: HttpRequest, type: str = "invoice", id: str = "") -> HttpResponse:
        if id and id != str(self.account.uuid):
            raise NotFound(noun="callback", id=id)
        if type not in CallbackDelivery.Kind.values:
            raise InvalidValue(f'Type "{type[:64]}" not supported.', param="type")
        callbacks.test_callback(**self.who, kind=type)
        return self.done()


class Feedback(CollectorView):
    takes_user_tokens = True
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Say something about the collector",
            scopes=SCOPES,
            body=bodies.FEEDBACK,
            description="It is kept among the organization's events.",
            example={"type": "new_collector", "message": "Please add Acme Telecom."},
        )
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        accounts.note_feedback(**self.who, **self.body())
        return self.done()
