"""/v1/disputes, and the disputes of an invoice."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from billing.models import Dispute
from billing.operations.credit_notes import CreditSplitMismatch
from billing.operations.crediting import NothingToCredit
from billing.operations.disputes import (
    AmountExceedsDisputable,
    DisputeAlreadyOpen,
    DisputeKnown,
    InvoiceNotDisputable,
    PaymentNotDisputable,
    lose_dispute,
    open_dispute,
    win_dispute,
)
from billing.queries.disputes import disputes_of, get_dispute, list_disputes
from billing.queries.invoices import get_invoice
from billing.snapshots import dispute_snapshot
from core.lifecycle import TransitionRefused
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.fields import Choice
from integrations.dialects.base.pagination import PageRequest
from integrations.dialects.enterprise.bodies import disputes as bodies
from integrations.dialects.enterprise.presenters.disputes import present_dispute
from integrations.dialects.enterprise.shapes.disputes import DISPUTE, DISPUTES
from integrations.dialects.enterprise.views.base import EnterpriseView, list_query
from integrations.dialects.enterprise.views.invoices import filtered
from integrations.dialects.enterprise.words import DISPUTE_KINDS, DISPUTE_STATUSES

LIST = list_query(
    "dispute", type=Choice(table=DISPUTE_KINDS, name="kind"), status=Choice(table=DISPUTE_STATUSES)
)


class _DisputeView(EnterpriseView):
    def shown(self, dispute: Dispute, status: int = 200) -> HttpResponse:
        shown = _present(dispute)
        location = f"/v1/disputes/{shown['id']}" if status == 201 else ""
        return self.answer(shown, status, location=location)


class DisputeList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List disputes", scopes=("invoices:read",), query=LIST, answer=DISPUTES
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        page = PageRequest.taken_from(query)
        rows = list_disputes(self.actor.organization_id)
        return self.list_answer(filtered(rows, query), page, _present)


class DisputeDetail(_DisputeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(summary="Retrieve a dispute", scopes=("invoices:read",), answer=DISPUTE)
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.shown(get_dispute(self.actor.organization_id, self.uuid_of("dispute", id)))


class InvoiceDisputes(_DisputeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List an invoice's disputes",
            scopes=("invoices:read",),
            query=LIST,
            answer=DISPUTES,
        ),
        "POST": Endpoint(
            summary="Record that an invoice is disputed",
            scopes=("invoices:write",),
            body=bodies.OPEN,
            answer=DISPUTE,
            status=201,
            errors=(
                InvoiceNotDisputable,
                DisputeAlreadyOpen,
                DisputeKnown,
                PaymentNotDisputable,
                AmountExceedsDisputable,
            ),
            description="An `objection` is the customer's, to the invoice or to `line_id`; no money"
            " moves. A `chargeback` says that the bank took `amount` of `payment_id` back, by"
            " default all of the payment that settled the invoice last: the invoice is due again."
            " It needs `payments:write` too. Reminders and late fees pause while it is open.",
            example={
                "type": "chargeback",
                "reason": "Product not received",
                "reference": "dp_1PgafuKZ",
            },
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        query = self.query()
        page = PageRequest.taken_from(query)
        invoice = get_invoice(self.actor.organization_id, self.uuid_of("invoice", id))
        return self.list_answer(filtered(disputes_of(invoice), query), page, _present)

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        invoice_id = self.uuid_of("invoice", id)
        opened = open_dispute(actor=self.actor, at=self.at, invoice_id=invoice_id, **self.body())
        return self.shown(opened, 201)


class DisputeWin(_DisputeView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Close a dispute as won",
            scopes=("invoices:write",),
            body=bodies.WIN,
            answer=DISPUTE,
            errors=(TransitionRefused,),
            description="The claim stands. What a chargeback took is recorded as a payment of that"
            " day, which needs `payments:write` too.",
            example={"note": "The bank accepted the proof of delivery."},
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        dispute_id = self.uuid_of("dispute", id)
        return self.shown(
            win_dispute(actor=self.actor, at=self.at, dispute_id=dispute_id, **self.body())
        )


class DisputeLose(_DisputeView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Close a dispute as lost",
            scopes=("invoices:write",),
            body=bodies.LOSE,
            answer=DISPUTE,
            errors=(TransitionRefused, NothingToCredit, CreditSplitMismatch),
            description="What was disputed stays `owed` (the default), is `written_off` as bad"
            " debt, or, for an objection, is `credited`. `fee` is what a chargeback cost: an"
            " invoice of its own demands it. A chargeback and a write-off need `payments:write`"
            " too.",
            example={"outcome": "owed", "fee": "15.00"},
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        dispute_id = self.uuid_of("dispute", id)
        return self.shown(
            lose_dispute(actor=self.actor, at=self.at, dispute_id=dispute_id, **self.body())
        )


def _present(dispute: Dispute) -> dict[str, object]:
    return present_dispute(dispute_snapshot(dispute))
