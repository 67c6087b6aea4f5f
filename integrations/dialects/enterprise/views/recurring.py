"""/v1/recurring-invoices."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from billing.operations import recurring, recurring_patterns, recurring_runs
from billing.operations.recurring_preview import preview_recurring
from billing.queries.recurring import get_recurring, invoices_of, list_recurring, list_runs
from billing.recurring_snapshots import recurring_snapshot
from core.lifecycle import TransitionRefused
from core.money import from_minor
from integrations.dialects.base.endpoint import Endpoint, Endpoints, partial_update
from integrations.dialects.base.fields import Choice, Whole
from integrations.dialects.base.figures import written
from integrations.dialects.base.pagination import PageRequest
from integrations.dialects.base.query import DayRange, InstantRange, Query
from integrations.dialects.enterprise.bodies.recurring import (
    CREATE,
    NOTHING,
    RESUME,
    RUN_NOW,
    UPDATE,
    recurring_values,
)
from integrations.dialects.enterprise.ids import id_field
from integrations.dialects.enterprise.presenters.recurring import (
    present_occurrence,
    present_recurring,
    present_run,
)
from integrations.dialects.enterprise.shapes.invoices import INVOICES
from integrations.dialects.enterprise.shapes.recurring import (
    PREVIEW,
    RECURRING,
    RECURRINGS,
    RUN,
    RUNS,
)
from integrations.dialects.enterprise.views.base import EnterpriseView, list_query
from integrations.dialects.enterprise.views.invoices import (
    LIST_OF_CUSTOMER,
    filtered,
    invoice_page,
)
from integrations.dialects.enterprise.words import (
    FREQUENCIES,
    MISSED_DATES,
    RECURRING_STATUSES,
    RUN_STATUSES,
)

LIST = list_query(
    "recurring invoice",
    status=Choice(table=RECURRING_STATUSES),
    customer_id=id_field("customer", name="customer__uuid"),
    frequency=Choice(table=FREQUENCIES),
    next_date=DayRange(),
    created_at=InstantRange(),
)
RUN_LIST = list_query("recurring run", status=Choice(table=RUN_STATUSES))
_READ, _WRITE = ("invoices:read",), ("invoices:write",)
_BROKEN = (recurring_patterns.CustomerArchived,)
EXAMPLE = {
    "customer_id": "cus_…",
    "frequency": "monthly",
    "start_date": "2025-01-31",
    "action": "send",
    "line_items": [{"description": "Hosting {month} {year}", "quantity": 1, "unit_price": 20}],
}
NAMES = (
    "Texts and descriptions of lines may hold `{period}`, `{period_start}`, `{period_end}`,"
    " `{month}`, `{month_number}`, `{quarter}`, `{year}` and `{date}`. With `action: send` the"
    " scope `invoices:send` is needed too."
)


class RecurringList(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List recurring invoices", scopes=_READ, query=LIST, answer=RECURRINGS
        ),
        "POST": Endpoint(
            summary="Create a recurring invoice",
            scopes=_WRITE,
            body=CREATE,
            answer=RECURRING,
            status=201,
            errors=_BROKEN,
            description=NAMES,
            example=EXAMPLE,
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        page = PageRequest.taken_from(query)
        return self.list_answer(
            filtered(list_recurring(self.actor.organization_id), query),
            page,
            lambda row: present_recurring(recurring_snapshot(row)),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        made = recurring.create_recurring(
            actor=self.actor, at=self.at, **recurring_values(self.body())
        )
        shown = present_recurring(recurring_snapshot(made))
        return self.answer(shown, 201, location=f"/v1/recurring-invoices/{shown['id']}")


class RecurringDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(summary="Retrieve a recurring invoice", scopes=_READ, answer=RECURRING),
        **partial_update(
            Endpoint(
                summary="Update a recurring invoice",
                scopes=_WRITE,
                body=UPDATE,
                answer=RECURRING,
                errors=(*_BROKEN, recurring.RecurringEnded),
                description="Invoices that were made stay as they are. " + NAMES,
                example={"notes": "Thank you for {month}."},
            )
        ),
        "DELETE": Endpoint(
            summary="End a recurring invoice",
            scopes=_WRITE,
            status=204,
            errors=(TransitionRefused,),
            description="It makes no more invoices, and can still be read.",
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        found = get_recurring(self.actor.organization_id, self.uuid_of("recurring invoice", id))
        return self.answer(present_recurring(recurring_snapshot(found)))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        changed = recurring.update_recurring(
            actor=self.actor,
            at=self.at,
            recurring_id=self.uuid_of("recurring invoice", id),
            **recurring_values(self.body()),
        )
        return self.answer(present_recurring(recurring_snapshot(changed)))

    patch = put

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        recurring.end_recurring(
            actor=self.actor, at=self.at, recurring_id=self.uuid_of("recurring invoice", id)
        )
        return self.no_content()


class RecurringPause(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Pause a recurring invoice",
            scopes=_WRITE,
            body=NOTHING,
            answer=RECURRING,
            errors=(TransitionRefused,),
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        self.body()
        paused = recurring.pause_recurring(
            actor=self.actor, at=self.at, recurring_id=self.uuid_of("recurring invoice", id)
        )
        return self.answer(present_recurring(recurring_snapshot(paused)))


class RecurringResume(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Resume a recurring invoice",
            scopes=_WRITE,
            body=RESUME,
            answer=RECURRING,
            errors=(TransitionRefused,),
            description="Dates that passed meanwhile are left out (`skip`, the default) or made"
            " with their own dates (`make`).",
            example={"missed": "skip"},
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        missed = self.body().get("missed", MISSED_DATES.words[0])
        resumed = recurring.resume_recurring(
            actor=self.actor,
            at=self.at,
            recurring_id=self.uuid_of("recurring invoice", id),
            make_missed=missed == "make",
        )
        return self.answer(present_recurring(recurring_snapshot(resumed)))


class RecurringRunNow(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Make an invoice now",
            scopes=_WRITE,
            body=RUN_NOW,
            answer=RUN,
            status=201,
            errors=(*_BROKEN, recurring.RecurringEnded, recurring_runs.RunAlreadyMade),
            description="The next one ahead of its time, dated today; or that of a `date` which"
            " failed or was left out, with its own date.",
            example={"date": "2025-02-28"},
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        run = recurring_runs.run_now(
            actor=self.actor,
            at=self.at,
            recurring_id=self.uuid_of("recurring invoice", id),
            **self.body(),
        )
        return self.answer(present_run(run), 201)


class RecurringPreview(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Preview the next invoices",
            scopes=_READ,
            query=Query({"count": Whole(least=1, most=366)}),
            answer=PREVIEW,
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        shown = preview_recurring(
            actor=self.actor,
            at=self.at,
            recurring_id=self.uuid_of("recurring invoice", id),
            count=self.query().get("count", 12),
        )
        invoice = shown.invoice
        sums = {
            name: written(from_minor(getattr(invoice, name), invoice.currency)) if invoice else None
            for name in ("subtotal", "tax_total", "total")
        }
        return self.answer(
            {
                "object": "recurring_preview",
                "currency": invoice and invoice.currency,
                **sums,
                "problem": shown.problem or None,
                "dates": [present_occurrence(when) for when in shown.dates],
            }
        )


class RecurringRuns(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List the dates that came", scopes=_READ, query=RUN_LIST, answer=RUNS
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        found = get_recurring(self.actor.organization_id, self.uuid_of("recurring invoice", id))
        query = self.query()
        page = PageRequest.taken_from(query)
        return self.list_answer(filtered(list_runs(found), query), page, present_run)


class RecurringInvoices(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List the invoices it made",
            scopes=_READ,
            query=LIST_OF_CUSTOMER,
            answer=INVOICES,
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        found = get_recurring(self.actor.organization_id, self.uuid_of("recurring invoice", id))
        return invoice_page(self, invoices_of(found), self.query())
