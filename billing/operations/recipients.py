"""Whom a document is mailed to: the addresses given, or those of its customer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from accounts.actors import Actor
from billing.models import CreditNote, Invoice, Quote
from billing.queries.suppressions import NO_AUTOMATIC_MAIL, suppressed
from core.errors import DomainError, InvalidValue, Kind
from core.text import clean_email

MOST_RECIPIENTS = 50


class RecipientsSuppressed(DomainError):
    """Everybody the mail would go to bounces, complained or opted out."""

    kind, code = Kind.CONFLICT, "recipients_suppressed"
    message = "Mail is suppressed to: {addresses}."
    default_param = "to"


@dataclass(frozen=True, slots=True)
class Recipients:
    """Each address once, in its first role."""

    to: list[str]
    cc: list[str]
    bcc: list[str]

    @property
    def visible(self) -> tuple[str, ...]:
        return (*self.to, *self.cc)


def recipients_of(
    document: Invoice | Quote | CreditNote,
    *,
    to: Iterable[str] | None,
    cc: Iterable[str],
    bcc: Iterable[str],
    send_copy_to_self: bool,
    without: Collection[str] = (),
) -> Recipients:
    """Without `to`, the customer and the contacts who receive invoices.

    The copy to self goes to the organization's address, unseen. Left out are addresses
    that are suppressed for one of the reasons in `without`. Raises InvalidValue,
    RecipientsSuppressed.
    """
    organization = document.organization
    hidden = list(bcc)
    if send_copy_to_self and not organization.email:
        raise InvalidValue(
            "Your organization has no e-mail address for the copy.", param="send_copy_to_self"
        )
    if (send_copy_to_self or organization.copy_mail_to_self) and organization.email:
        hidden.append(organization.email)
    given = {"to": list(to) if to else _of_customer(document), "cc": list(cc), "bcc": hidden}
    seen: set[str] = set()
    kept: dict[str, list[str]] = {}
    for role, addresses in given.items():
        kept[role] = []
        for index, address in enumerate(addresses):
            address = clean_email(address, param=f"{role}.{index}", required=True)
            if address.lower() not in seen:
                seen.add(address.lower())
                kept[role].append(address)
    if not kept["to"]:
        raise InvalidValue("The customer has no e-mail address: say whom to send to.", param="to")
    if len(seen) > MOST_RECIPIENTS:
        raise InvalidValue(f"At most {MOST_RECIPIENTS} recipients.", param="to")
    return Recipients(**_reachable(organization.pk, kept, seen, without))


def automatic(actor: Actor) -> Collection[str]:
    """The reasons that keep an address from mail that this actor sends.

    A person or program that sends a document by hand knows what it does.
    """
    return NO_AUTOMATIC_MAIL if actor.kind == "system" else ()


def _reachable(
    organization_id: int, kept: dict[str, list[str]], seen: set[str], reasons: Collection[str]
) -> dict[str, list[str]]:
    gone = suppressed(organization_id, seen, reasons)
    if not gone:
        return kept
    if all(address.lower() in gone for address in kept["to"]):
        told = ", ".join(f"{address} ({gone[address.lower()]})" for address in kept["to"])
        raise RecipientsSuppressed(addresses=told)
    return {
        role: [address for address in addresses if address.lower() not in gone]
        for role, addresses in kept.items()
    }


def _of_customer(document: Invoice | Quote | CreditNote) -> list[str]:
    contacts = document.customer.contacts.filter(receives_invoices=True).exclude(email="")
    own = [document.customer.email] if document.customer.email else []
    return [*own, *contacts.order_by("pk").values_list("email", flat=True)]
