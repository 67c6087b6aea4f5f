"""Mail to an organization's owners about what needs a person."""

import datetime
from collections.abc import Sequence
from typing import Any

from accounts.actors import system_actor
from accounts.models import Membership, Organization, Role
from core import exactjson
from core.models import Event
from integrations.mail.outgoing import queue_message
from integrations.models import Message


def endpoint_disabled(events: Sequence[Event], at: datetime.datetime) -> None:
    """A webhook endpoint was switched off."""
    for event in events:
        endpoint = exactjson.loads(event.data)
        _tell_owners(
            event,
            at,
            subject=f"Webhook switched off: {endpoint['url']}",
            body=(
                f"The webhook endpoint {endpoint['url']} was switched off."
                f" {endpoint['disabled_reason']}\n\n"
                "What is waiting for it is kept and delivered once you switch it on again."
                " Events that happen while it is off are not sent to it; they stay in the"
                " activity log."
            ),
        )


def endpoint_failing(events: Sequence[Event], at: datetime.datetime) -> None:
    """A delivery to an endpoint was given up for the first time since it last worked."""
    for event in events:
        endpoint = exactjson.loads(event.data)
        _tell_owners(
            event,
            at,
            subject=f"Webhook deliveries fail: {endpoint['url']}",
            body=(
                f"A delivery to {endpoint['url']} was given up after its last attempt, and"
                " none has succeeded since. An endpoint without a successful delivery for five"
                " days is switched off."
            ),
        )


def message_failed(events: Sequence[Event], at: datetime.datetime) -> None:
    """Nobody accepted a message."""
    for event in events:
        message = exactjson.loads(event.data)
        _tell_owners(
            event,
            at,
            subject=f"Mail not delivered: {message['document']}",
            body=(
                f"The mail about {message['document']} reached nobody and counts as not sent.\n\n"
                + "\n".join(f"{one['address']}: {one['detail']}" for one in message["recipients"])
            ),
        )


def message_bounced(events: Sequence[Event], at: datetime.datetime) -> None:
    """A message came back after it had been accepted."""
    for event in events:
        message = exactjson.loads(event.data)
        # An alert about an alert that cannot be delivered would go round for ever.
        if message["kind"] == Message.Kind.ALERT:
            continue
        recipient, about = message["recipient"], message["document"] or {}
        named = about.get("number") or message["kind"].replace("_", " ")
        _tell_owners(
            event,
            at,
            subject=f"Mail came back: {named}",
            body=(
                f"The mail about {named} to {recipient['address']} came back:"
                f" {recipient['detail'] or 'no reason was given.'}\n\n"
                "If the address is wrong for good, reminders and other automatic mail no longer"
                " go to it until somebody allows that again on the customer's page."
            ),
        )


def recurring_failed(events: Sequence[Event], at: datetime.datetime) -> None:
    """A recurring invoice could not make its invoice, for the first time since it last did."""
    for event in events:
        recurring = exactjson.loads(event.data)
        if recurring["failures_in_a_row"] != 1:
            continue
        run, buyer = recurring["run"], recurring["customer"]["name"]
        _tell_owners(
            event,
            at,
            subject=f"Recurring invoice not made: {recurring['name'] or buyer}",
            body=(
                f"The invoice of {run['intended_date']} for {buyer} was not made."
                f" {run['error']}\n\n"
                "The schedule goes on with its next date. Once the cause is gone you can make"
                " this one after all. You are not told again until it has worked once."
            ),
        )


def scheduled_send_failed(events: Sequence[Event], at: datetime.datetime) -> None:
    """An invoice did not go out at the moment that somebody had chosen."""
    for event in events:
        invoice = exactjson.loads(event.data)
        number = invoice["number"] or "a draft"
        _tell_owners(
            event,
            at,
            subject=f"Invoice not sent: {number}",
            body=f"The mail planned for invoice {number} did not go out. {invoice['error']}",
        )


def invoice_disputed(events: Sequence[Event], at: datetime.datetime) -> None:
    """A customer objects to an invoice; what staff recorded themselves they know."""
    for event in events:
        if event.actor_kind != "customer":
            continue
        invoice = exactjson.loads(event.data)
        number, said = invoice["number"], invoice["dispute"]["reason"]
        _tell_owners(
            event,
            at,
            subject=f"Invoice disputed: {number}",
            body=(
                f"The customer objects to invoice {number}:\n\n{said}\n\n"
                "They are neither reminded nor charged for lateness until you close the dispute"
                " on the invoice's page."
            ),
        )


def key_ending(events: Sequence[Event], at: datetime.datetime) -> None:
    """An API key ends soon, or has ended."""
    for event in events:
        key = exactjson.loads(event.data)
        name, left, ends = key["name"], key["days_left"], key["expires_at"]
        moment = f"{ends[:10]} at {ends[11:16]} UTC"
        when = f"ends in {left} days" if left else "has ended"
        was = f"It stops working on {moment}." if left else f"It stopped working on {moment}."
        _tell_owners(
            event,
            at,
            subject=f"API key {when}: {name}",
            body=(
                f"The API key {name} ({key['prefix']}…) {when}. {was}\n\n"
                "Rotate it on the page API keys, or over the API, and give the new secret to"
                " the programs that use it; the old one can go on working for a while."
            ),
        )


def payment_announced(events: Sequence[Event], at: datetime.datetime) -> None:
    """A customer says that money is on its way."""
    for event in events:
        remittance = exactjson.loads(event.data)
        name, amount = remittance["customer"]["name"], _money(remittance, remittance["amount"])
        parts = "\n".join(
            f"{line['invoice']['number']}: {_money(remittance, line['amount'])}"
            for line in remittance["lines"]
        )
        _tell_owners(
            event,
            at,
            subject=f"{name} announced a payment of {amount}",
            body=(
                f"{remittance['announced_by']} announced on the customer portal that {name}"
                f" pays {amount}, quoting {remittance['reference']}:\n\n{parts}\n\n"
                "Nothing is recorded yet. Once the money is there, say so on the customer's"
                " page, and it is spread like this."
            ),
        )


def payment_withdrawn(events: Sequence[Event], at: datetime.datetime) -> None:
    """The money is not on its way after all."""
    for event in events:
        remittance = exactjson.loads(event.data)
        name, amount = remittance["customer"]["name"], _money(remittance, remittance["amount"])
        _tell_owners(
            event,
            at,
            subject=f"{name} took back an announced payment of {amount}",
            body=f"{event.actor_label} took back on the customer portal that {name} pays {amount}.",
        )


def customer_changed_itself(events: Sequence[Event], at: datetime.datetime) -> None:
    """A customer changed address, contacts or language."""
    for event in events:
        if event.actor_kind != "portal":
            continue
        customer, previous = exactjson.loads(event.data), exactjson.loads(event.previous)
        changes = "\n".join(
            f"{name.replace('_', ' ').capitalize()}: {_spelled(old)} → {_spelled(customer[name])}"
            for name, old in previous.items()
        )
        _tell_owners(
            event,
            at,
            subject=f"{customer['name']} changed their details",
            body=(
                f"{event.actor_label} changed these details of {customer['name']} on the customer"
                f" portal:\n\n{changes or 'Their contacts.'}\n\n"
                "Documents that are issued keep what they say."
            ),
        )


def _tell_owners(event: Event, at: datetime.datetime, *, subject: str, body: str) -> None:
    if event.organization_id is None:
        return
    organization = Organization.objects.select_related("sandbox_of").get(pk=event.organization_id)
    # A sandbox has no members of its own.
    home = organization.sandbox_of or organization
    owners = Membership.objects.of(home.pk).filter(role=Role.OWNER, user__is_active=True)
    addresses = list(owners.order_by("pk").values_list("user__email", flat=True))
    if not addresses:
        return
    queue_message(
        actor=system_actor(organization.pk, livemode=organization.livemode, label="alerts"),
        at=at,
        kind=Message.Kind.ALERT,
        subject_id=event.pk,
        to=addresses[:50],
        subject=subject[:300],
        body=body,
        attach_pdf=False,
    )


def _money(remittance: dict[str, Any], amount: Any) -> str:
    return f"{amount} {remittance['currency']}"


def _spelled(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part) or "(empty)"
    return str(value) if value not in (None, "") else "(empty)"
