"""/v1/test-clock: the sandbox's own time."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.enterprise.bodies.recurring import CLOCK as CLOCK_BODY
from integrations.dialects.enterprise.bodies.recurring import NOTHING
from integrations.dialects.enterprise.presenters.recurring import present_clock
from integrations.dialects.enterprise.shapes.recurring import CLOCK
from integrations.dialects.enterprise.views.base import EnterpriseView
from integrations.sandbox import clock
from integrations.sandbox.wiping import TestModeOnly, reset_sandbox

# What a client waits for an answer is left alone; the workers do the rest of the way.
BUDGET_SECONDS = 10
_SCOPES = ("settings:write",)
_EXAMPLE = {"frozen_time": "2025-02-01T00:00:00Z"}


class TestClock(EnterpriseView):
    # Not a test, whatever pytest thinks of its name.
    __test__ = False
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve the test clock",
            scopes=_SCOPES,
            answer=CLOCK,
        ),
        "POST": Endpoint(
            summary="Set the test clock",
            scopes=_SCOPES,
            body=CLOCK_BODY,
            answer=CLOCK,
            errors=(TestModeOnly, clock.ClockAlreadySet, clock.DocumentsInFuture),
            description="From now on the sandbox's time stands still until it is advanced.",
            example=_EXAMPLE,
        ),
        "DELETE": Endpoint(
            summary="Release the test clock",
            scopes=_SCOPES,
            status=204,
            errors=(TestModeOnly, clock.ClockAdvancing, clock.DocumentsInFuture),
            description="Back to the real time, unless something lies in its future.",
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.answer(present_clock(clock.clock_state(actor=self.actor)))

    def post(self, request: HttpRequest) -> HttpResponse:
        state = clock.set_clock(actor=self.actor, to=self.body()["frozen_time"])
        return self.answer(present_clock(state))

    def delete(self, request: HttpRequest) -> HttpResponse:
        clock.release_clock(actor=self.actor, now=timezone.now())
        return self.no_content()


class TestClockAdvance(EnterpriseView):
    __test__ = False
    # Each step is committed for itself; the same target again changes nothing.
    honours_idempotency = False
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Advance the test clock",
            scopes=_SCOPES,
            body=CLOCK_BODY,
            answer=CLOCK,
            errors=(
                TestModeOnly,
                clock.ClockNotSet,
                clock.ClockAdvancing,
                clock.ClockMovesForward,
            ),
            description="Everything on the way happens at its own moment. A long way goes on in"
            " the background: the status is then `advancing`. At most two years at a time.",
            example=_EXAMPLE,
        )
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        state = clock.advance_clock(
            actor=self.actor,
            now=timezone.now(),
            to=self.body()["frozen_time"],
            budget_seconds=BUDGET_SECONDS,
        )
        return self.answer(present_clock(state))


class SandboxReset(EnterpriseView):
    honours_idempotency = False
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Reset the sandbox",
            scopes=_SCOPES,
            body=NOTHING,
            answer=CLOCK,
            errors=(TestModeOnly,),
            description="Deletes its documents, money, customers and catalogue, and releases the"
            " clock. Credentials, webhook endpoints and settings stay.",
        )
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        self.body()
        reset_sandbox(actor=self.actor, at=timezone.now())
        return self.answer(present_clock(clock.clock_state(actor=self.actor)))
