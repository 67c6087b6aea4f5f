"""/v1/invoices/{id}/scheduled-sends: mail that goes out at a moment somebody chose."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from billing.models import ScheduledSend
from billing.operations.scheduled_sends import cancel_scheduled_send, schedule_send
from billing.operations.sending import InvoiceNotSendable
from billing.queries.invoices import get_invoice
from billing.queries.scheduled_sends import list_scheduled_sends, scheduled_send_snapshot
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.fields import Choice
from integrations.dialects.base.pagination import PageRequest
from integrations.dialects.enterprise.bodies.scheduled_sends import SCHEDULE
from integrations.dialects.enterprise.presenters.scheduled_sends import present_scheduled_send
from integrations.dialects.enterprise.shapes.scheduled_sends import (
    SCHEDULED_SEND,
    SCHEDULED_SENDS,
)
from integrations.dialects.enterprise.views.base import EnterpriseView, list_query
from integrations.dialects.enterprise.views.invoices import filtered
from integrations.dialects.enterprise.words import SCHEDULED_SEND_STATUSES

LIST = list_query("scheduled send", status=Choice(table=SCHEDULED_SEND_STATUSES))


class InvoiceScheduledSends(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List an invoice's planned mails",
            scopes=("invoices:read",),
            query=LIST,
            answer=SCHEDULED_SENDS,
        ),
        "POST": Endpoint(
            summary="Plan a mail with the invoice",
            scopes=("invoices:send",),
            body=SCHEDULE,
            answer=SCHEDULED_SEND,
            status=201,
            errors=(InvoiceNotSendable,),
            description="At `send_at`, within a year, the invoice is sent as `send` does it; a"
            " draft stays one until then. It takes the place of an earlier plan, and is given up"
            " if somebody sends the invoice by hand before.",
            example={"send_at": "2025-02-01T08:00:00Z", "to": ["ap@acme.example"]},
        ),
        "DELETE": Endpoint(
            summary="Cancel the planned mail",
            scopes=("invoices:send",),
            status=204,
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        query = self.query()
        page = PageRequest.taken_from(query)
        invoice = get_invoice(self.actor.organization_id, self.uuid_of("invoice", id))
        return self.list_answer(filtered(list_scheduled_sends(invoice), query), page, _present)

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        invoice_id = self.uuid_of("invoice", id)
        values = self.body()
        plan = schedule_send(actor=self.actor, at=self.at, invoice_id=invoice_id, **values)
        return self.answer(_present(plan), 201)

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        invoice_id = self.uuid_of("invoice", id)
        cancel_scheduled_send(actor=self.actor, at=self.at, invoice_id=invoice_id)
        return self.no_content()


def _present(plan: ScheduledSend) -> dict[str, object]:
    return present_scheduled_send(scheduled_send_snapshot(plan))
