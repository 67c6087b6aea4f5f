"""/api/v2/tickets, departments and leads."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from billing.models import TicketReply
from billing.operations import leads, tickets
from billing.queries import support
from integrations.dialects.backoffice import bodies, shapes
from integrations.dialects.backoffice.presenters import (
    present_department,
    present_lead,
    present_reply,
    present_ticket,
)
from integrations.dialects.backoffice.views.base import (
    BackofficeView,
    changing,
    creating,
    deleting,
    listing,
    reading,
    taken,
)
from integrations.dialects.backoffice.words import LEAD_STATUSES, TICKET_STATUSES
from integrations.dialects.base.endpoint import Endpoint, Endpoints
from integrations.dialects.base.fields import Choice


class DepartmentList(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing("departments", "customers:read", shapes.DEPARTMENT),
        "POST": creating(
            "a department",
            "customers:write",
            bodies.DEPARTMENT,
            shapes.DEPARTMENT,
            example={"name": "Support"},
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = support.list_departments(self.actor.organization_id)
        return self.page(rows, self.query(), present_department)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.one(
            present_department(tickets.create_department(**self.who, **self.body())), 201
        )


class TicketList(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing(
            "tickets",
            "customers:read",
            shapes.TICKET,
            status=Choice(table=TICKET_STATUSES),
            department_id=bodies.reference(),
            customer_id=bodies.reference(),
        ),
        "POST": creating(
            "a ticket",
            "customers:write",
            bodies.TICKET,
            shapes.TICKET,
            example={
                "customer_id": 1,
                "subject": "Technical Support Required",
                "message": "Need assistance with installation",
                "department_id": 1,
                "priority": "High",
            },
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        paging = taken(query)
        rows = support.list_tickets(self.actor.organization_id).filter(**query)
        return self.page(rows, paging, present_ticket)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.one(present_ticket(tickets.open_ticket(**self.who, **self.body())), 201)


class TicketDetail(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("a ticket", "customers:read", shapes.TICKET),
        "PUT": changing("a ticket", "customers:write", bodies.TICKET_UPDATE, shapes.TICKET),
        "DELETE": deleting("a ticket", "customers:write"),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        row = support.get_ticket(self.actor.organization_id, self.path_number("ticket", id))
        return self.one(present_ticket(row))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("ticket", id)
        row = tickets.change_ticket(**self.who, ticket_id=number, **self.body())
        return self.one(present_ticket(row))

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        tickets.delete_ticket(**self.who, ticket_id=self.path_number("ticket", id))
        return self.done("Ticket deleted")


class TicketReplies(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing("a ticket's messages", "customers:read", shapes.REPLY),
        "POST": creating(
            "a reply",
            "customers:write",
            bodies.REPLY,
            shapes.REPLY,
            description="By staff, unless `from_customer` is true.",
            example={"message": "We are looking into it."},
        ),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        row = support.get_ticket(self.actor.organization_id, self.path_number("ticket", id))
        return self.page(support.list_replies(row), self.query(), present_reply)

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        values: dict[str, Any] = self.body()
        by_customer = values.pop("from_customer", False)
        author = TicketReply.Author.CUSTOMER if by_customer else TicketReply.Author.STAFF
        made = tickets.reply_to_ticket(
            **self.who, ticket_id=self.path_number("ticket", id), author=author, **values
        )
        return self.one(present_reply(made), 201)


class LeadList(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": listing("leads", "customers:read", shapes.LEAD, status=Choice(table=LEAD_STATUSES)),
        "POST": creating(
            "a lead",
            "customers:write",
            bodies.LEAD,
            shapes.LEAD,
            example={
                "first_name": "John",
                "last_name": "Smith",
                "email": "john@example.com",
                "company": "Acme Corp",
                "phone": "1234567890",
                "source": "Website",
            },
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        query = self.query()
        rows = support.list_leads(self.actor.organization_id)
        if status := query.pop("status", ""):
            rows = rows.filter(status=status)
        return self.page(rows, query, present_lead)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.one(present_lead(leads.create_lead(**self.who, **self.body())), 201)


class LeadDetail(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "GET": reading("a lead", "customers:read", shapes.LEAD),
        "PUT": changing("a lead", "customers:write", bodies.LEAD_UPDATE, shapes.LEAD),
        "DELETE": deleting("a lead", "customers:write"),
    }

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        row = support.get_lead(self.actor.organization_id, self.path_number("lead", id))
        return self.one(present_lead(row))

    def put(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("lead", id)
        return self.one(present_lead(leads.update_lead(**self.who, lead_id=number, **self.body())))

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        leads.delete_lead(**self.who, lead_id=self.path_number("lead", id))
        return self.done("Lead deleted")


class LeadConvert(BackofficeView):
    endpoints: ClassVar[Endpoints] = {
        "POST": Endpoint(
            summary="Make a customer of a lead",
            scopes=("customers:write",),
            answer=shapes.one_of(shapes.LEAD),
        )
    }

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        number = self.path_number("lead", id)
        return self.one(present_lead(leads.convert_lead(**self.who, lead_id=number)))
