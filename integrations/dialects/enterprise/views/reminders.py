"""/v1/account/reminders and the reminders of an invoice."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from billing.operations.reminder_policies import (
    policy_snapshot,
    remove_reminder_policy,
    set_reminder_policy,
)
from billing.operations.reminders import InvoiceNotRemindable, remind
from billing.queries.customers import get_customer
from billing.queries.invoices import get_invoice
from billing.queries.reminder_preview import preview_reminders
from billing.queries.reminders import Policy, get_policy, list_reminders
from integrations.dialects.base.endpoint import Endpoint, Endpoints, partial_update
from integrations.dialects.base.fields import Choice
from integrations.dialects.base.pagination import PageRequest
from integrations.dialects.enterprise.bodies.recurring import (
    CUSTOMER_POLICY,
    REMIND,
    with_quiet_hours,
    with_times,
)
from integrations.dialects.enterprise.bodies.recurring import POLICY as POLICY_BODY
from integrations.dialects.enterprise.presenters.recurring import (
    present_coming,
    present_policy,
    present_reminder,
)
from integrations.dialects.enterprise.shapes.recurring import (
    POLICY,
    REMINDER,
    REMINDER_PREVIEW,
    REMINDERS,
)
from integrations.dialects.enterprise.views.base import EnterpriseView, list_query
from integrations.dialects.enterprise.views.invoices import filtered
from integrations.dialects.enterprise.words import REMINDER_STATUSES

LIST = list_query("reminder", status=Choice(table=REMINDER_STATUSES))
EXAMPLE = {
    "enabled": True,
    "send_time": "09:00",
    "minimum_due": 5,
    "steps": [{"days": -7}, {"days": 3}, {"days": 14, "subject": "{number}: second reminder"}],
}


class ReminderPolicyDetail(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve the reminder policy", scopes=("settings:write",), answer=POLICY
        ),
        **partial_update(
            Endpoint(
                summary="Change the reminder policy",
                scopes=("settings:write",),
                body=POLICY_BODY,
                answer=POLICY,
                description="Steps are replaced as a whole. Subject and message may hold"
                " `{number}`, `{customer}`, `{seller}`, `{total}`, `{amount_due}`, `{due_date}`,"
                " `{days_overdue}` and `{days_left}`.",
                example=EXAMPLE,
            )
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown(get_policy(self.actor.organization_id))

    def put(self, request: HttpRequest) -> HttpResponse:
        values = with_quiet_hours(with_times(self.body(), "send_time"), self._policy())
        return self._shown(set_reminder_policy(actor=self.actor, at=self.at, **values))

    patch = put

    def _policy(self) -> Policy:
        return get_policy(self.actor.organization_id)

    def _shown(self, policy: Policy) -> HttpResponse:
        snapshot = policy_snapshot(policy, self.organization.base_currency)
        return self.answer(present_policy(snapshot))


class CustomerReminderPolicy(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Retrieve the reminder policy that holds for a customer",
            scopes=("settings:write",),
            answer=POLICY,
            description="The organization's, with `customer_id` null, unless there is an own one.",
        ),
        **partial_update(
            Endpoint(
                summary="Give a customer a reminder policy of its own",
                scopes=("settings:write",),
                body=CUSTOMER_POLICY,
                answer=POLICY,
                description="It begins as a copy of the organization's and replaces it. `language`"
                " is `en`, `fr`, `de` or `es`; `recipient` gets the reminders instead of those who"
                " get the invoices.",
                example={"steps": [{"days": 10}, {"days": 30}], "language": "de"},
            )
        ),
        "DELETE": Endpoint(
            summary="Remove a customer's own reminder policy",
            scopes=("settings:write",),
            status=204,
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self._shown(self._policy(self.uuid_of("customer", id)))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        customer_id = self.uuid_of("customer", id)
        known = self._policy(customer_id)
        values = with_quiet_hours(with_times(self.body(), "send_time"), known)
        return self._shown(
            set_reminder_policy(actor=self.actor, at=self.at, customer_id=customer_id, **values)
        )

    patch = put

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        customer_id = self.uuid_of("customer", id)
        remove_reminder_policy(actor=self.actor, at=self.at, customer_id=customer_id)
        return self.no_content()

    def _policy(self, customer_id: UUID) -> Policy:
        customer = get_customer(self.actor.organization_id, customer_id)
        return get_policy(self.actor.organization_id, customer)

    def _shown(self, policy: Policy) -> HttpResponse:
        snapshot = policy_snapshot(policy, self.organization.base_currency)
        return self.answer(present_policy(snapshot))


class CustomerReminderPreview(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="Preview a customer's reminders",
            scopes=("invoices:read",),
            answer=REMINDER_PREVIEW,
            description="The next reminder of each open invoice, or why there will be none.",
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        customer = get_customer(self.actor.organization_id, self.uuid_of("customer", id))
        rows = [present_coming(each) for each in preview_reminders(customer, self.at)]
        return self.answer({"object": "reminder_preview", "invoices": rows})


class InvoiceReminders(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "GET": Endpoint(
            summary="List an invoice's reminders",
            scopes=("invoices:read",),
            query=LIST,
            answer=REMINDERS,
        )
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        invoice = get_invoice(self.actor.organization_id, self.uuid_of("invoice", id))
        query = self.query()
        page = PageRequest.taken_from(query)
        rows = list_reminders(invoice).select_related("invoice")
        return self.list_answer(filtered(rows, query), page, present_reminder)


class InvoiceRemind(EnterpriseView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Send a reminder now",
            scopes=("invoices:send",),
            body=REMIND,
            answer=REMINDER,
            status=201,
            errors=(InvoiceNotRemindable,),
            description="Whatever the policy says. Without words it says what is due and since"
            " when, in the customer's language.",
            example={"to": ["ap@acme.example"]},
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        sent = remind(
            actor=self.actor,
            at=self.at,
            invoice_id=self.uuid_of("invoice", id),
            **self.body(),
        )
        return self.answer(present_reminder(sent), 201)
