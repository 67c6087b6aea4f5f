"""Tickets, their replies, and leads."""

from typing import Any

from django import forms
from django.utils.translation import gettext

from billing.models import Lead, Ticket, TicketReply
from billing.queries.support import list_departments
from billing.web.forms.base import StaffForm


class TicketForm(StaffForm):
    """A question as it came in, by telephone or mail."""

    params = {"customer_id": "customer", "department_id": "department"}

    customer = forms.CharField(
        max_length=460,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "customer-options"}),
    )
    priority = forms.ChoiceField(choices=Ticket.Priority.choices)
    department = forms.ChoiceField(required=False)
    subject = forms.CharField(max_length=200)
    message = forms.CharField(
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="What the customer said.",
    )

    def __init__(self, *args: Any, organization_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = list_departments(organization_id)
        choices = [
            ("", gettext("Nobody in particular")),
            *((str(row.pk), row.name) for row in found),
        ]
        self.fields["department"].choices = choices  # type: ignore[attr-defined]

    def department_id(self) -> int | None:
        chosen = self.cleaned_data["department"]
        return int(chosen) if chosen else None


class ReplyForm(StaffForm):
    message = forms.CharField(
        label="Message", max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    author = forms.ChoiceField(
        label="Written by",
        choices=[
            (TicketReply.Author.STAFF, "Us"),
            (TicketReply.Author.CUSTOMER, "The customer"),
        ],
        initial=TicketReply.Author.STAFF,
    )


class LeadForm(StaffForm):
    """Somebody who may become a customer; a name, a company or an address will do."""

    first_name = forms.CharField(required=False, max_length=100)
    last_name = forms.CharField(required=False, max_length=100)
    company = forms.CharField(required=False, max_length=200)
    email = forms.EmailField(label="E-mail", required=False)
    phone = forms.CharField(required=False, max_length=40)
    source = forms.CharField(
        required=False, max_length=100, help_text="Such as website, fair or a recommendation."
    )
    notes = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 4}))
    status = forms.ChoiceField(
        label="Where it stands",
        choices=[each for each in Lead.Status.choices if each[0] != Lead.Status.CONVERTED],
        required=False,
    )
