"""Questions of customers: opened, answered, closed."""

import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from billing.lifecycle import TICKET
from billing.models import Customer, Department, Ticket, TicketReply
from billing.operations.fields import cleaned
from billing.queries.lookup import Ref, find, refer
from core.errors import DomainError, InvalidValue, Kind
from core.events import emit

_WORDS = frozenset({"subject", "priority"})


class DepartmentNameTaken(DomainError):
    kind, code = Kind.CONFLICT, "department_name_taken"
    message = "There is already a department called '{name}'."
    default_param = "name"


@transaction.atomic
def create_department(*, actor: Actor, at: datetime.datetime, name: str) -> Department:
    """Raises Forbidden, InvalidValue, DepartmentNameTaken."""
    actor.require("customers:write")
    values = cleaned(Department, {"name": name}, {"name"})
    rows = Department.objects.of(actor.organization_id)
    if rows.filter(name=values["name"]).exists():
        raise DepartmentNameTaken(name=values["name"])
    department = Department(
        organization_id=actor.organization_id, created_at=at, updated_at=at, **values
    )
    department.save(force_insert=True)
    emit(
        "department.created",
        subject=department,
        data={"object": "department", "id": department.pk, "name": department.name},
        actor=actor,
        at=at,
        sequence=1,
    )
    return department


@transaction.atomic
def open_ticket(
    *,
    actor: Actor,
    at: datetime.datetime,
    customer_id: Ref,
    subject: str,
    message: str,
    department_id: Ref | None = None,
    priority: str = Ticket.Priority.MEDIUM,
) -> Ticket:
    """A ticket with the customer's message. Raises Forbidden, InvalidValue, UnknownReference."""
    actor.require("customers:write")
    customer: Customer = refer(
        Customer.objects.of(actor.organization_id), customer_id, "customer", "customer_id"
    )
    ticket = Ticket(
        organization_id=actor.organization_id,
        customer=customer,
        department=_department(actor, department_id),
        created_at=at,
        updated_at=at,
        **cleaned(Ticket, {"subject": subject, "priority": priority}, _WORDS),
    )
    if not ticket.subject:
        raise InvalidValue("A ticket needs a subject.", param="subject")
    ticket.save(force_insert=True)
    _say(ticket, at, TicketReply.Author.CUSTOMER, customer.name, message)
    _tell("ticket.created", ticket, actor, at, sequence=1)
    return ticket


@transaction.atomic
def reply_to_ticket(
    *,
    actor: Actor,
    at: datetime.datetime,
    ticket_id: Ref,
    message: str,
    author: str = TicketReply.Author.STAFF,
    author_name: str = "",
) -> TicketReply:
    """A further message. Staff's makes an open ticket pending, the customer's opens it again.

    Raises Forbidden, NotFound, InvalidValue.
    """
    actor.require("customers:write")
    ticket = _locked(actor, ticket_id)
    by_staff = author == TicketReply.Author.STAFF
    name = author_name or (actor.label if by_staff else ticket.customer.name)
    reply = _say(ticket, at, TicketReply.Author(author), name, message)
    action = "answer" if by_staff else "reopen"
    if TICKET.allows(ticket.status, action):
        ticket.status = TICKET.next(ticket.status, action)
        ticket.closed_at = None
    ticket.updated_at = at
    ticket.save(update_fields=["status", "closed_at", "updated_at"])
    _tell("ticket.replied", ticket, actor, at)
    return reply


@transaction.atomic
def change_ticket(
    *,
    actor: Actor,
    at: datetime.datetime,
    ticket_id: Ref,
    status: str | None = None,
    department_id: Ref | None = None,
    **words: Any,
) -> Ticket:
    """Change subject, priority, department or status. Raises Forbidden, NotFound, InvalidValue."""
    actor.require("customers:write")
    ticket = _locked(actor, ticket_id)
    for name, value in cleaned(Ticket, words, _WORDS).items():
        setattr(ticket, name, value)
    if department_id is not None:
        ticket.department = _department(actor, department_id)
    if status is not None and status != ticket.status:
        verbs = {"open": "reopen", "pending": "answer", "closed": "close"}
        ticket.status = TICKET.next(ticket.status, verbs[status])
        ticket.closed_at = at if status == Ticket.Status.CLOSED else None
    ticket.updated_at = at
    ticket.save()
    _tell("ticket.updated", ticket, actor, at)
    return ticket


@transaction.atomic
def delete_ticket(*, actor: Actor, at: datetime.datetime, ticket_id: Ref) -> None:
    """Remove a ticket with its messages. Raises Forbidden, NotFound."""
    actor.require("customers:write")
    ticket = _locked(actor, ticket_id)
    _tell("ticket.deleted", ticket, actor, at)
    ticket.delete()


def ticket_snapshot(ticket: Ticket) -> dict[str, Any]:
    department = ticket.department
    return {
        "object": "ticket",
        "id": ticket.pk,
        "uuid": str(ticket.uuid),
        "customer": {"id": ticket.customer_id, "name": ticket.customer.name},
        "department": department and {"id": department.pk, "name": department.name},
        "subject": ticket.subject,
        "status": ticket.status,
        "priority": ticket.priority,
        "closed_at": ticket.closed_at,
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
    }


def _say(
    ticket: Ticket, at: datetime.datetime, author: str, author_name: str, message: str
) -> TicketReply:
    words = {"author_name": author_name, "message": message}
    reply = TicketReply(
        organization_id=ticket.organization_id,
        ticket=ticket,
        author=author,
        created_at=at,
        updated_at=at,
        **cleaned(TicketReply, words, words),
    )
    if not reply.message:
        raise InvalidValue("There must be a message.", param="message")
    reply.save(force_insert=True)
    return reply


def _department(actor: Actor, reference: Ref | None) -> Department | None:
    if reference is None:
        return None
    rows = Department.objects.of(actor.organization_id)
    return refer(rows, reference, "department", "department_id")


def _locked(actor: Actor, reference: Ref) -> Ticket:
    rows = Ticket.objects.of(actor.organization_id).select_for_update(of=("self",))
    return find(rows.select_related("customer", "department"), reference, "ticket")


def _tell(
    type: str, ticket: Ticket, actor: Actor, at: datetime.datetime, sequence: int | None = None
) -> None:
    emit(type, subject=ticket, data=ticket_snapshot(ticket), actor=actor, at=at, sequence=sequence)
