"""Tickets, departments and leads of one organization."""

from django.db.models import QuerySet

from billing.models import Department, Lead, Ticket, TicketReply
from billing.queries.lookup import Ref, find


def list_departments(organization_id: int) -> QuerySet[Department]:
    return Department.objects.of(organization_id).filter(is_active=True).order_by("name")


def list_tickets(organization_id: int) -> QuerySet[Ticket]:
    """Newest first."""
    return Ticket.objects.of(organization_id).order_by("-created_at", "-id")


def get_ticket(organization_id: int, reference: Ref) -> Ticket:
    """Raises NotFound."""
    return find(Ticket.objects.of(organization_id), reference, "ticket")


def list_replies(ticket: Ticket) -> QuerySet[TicketReply]:
    """In the order in which they were written."""
    return ticket.replies.order_by("pk")


def list_leads(organization_id: int) -> QuerySet[Lead]:
    """Newest first."""
    return Lead.objects.of(organization_id).order_by("-created_at", "-id")


def get_lead(organization_id: int, reference: Ref) -> Lead:
    """Raises NotFound."""
    return find(Lead.objects.of(organization_id), reference, "lead")
