"""Whom a document is mailed to: the addresses given, or those of its customer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounts.actors import Actor
from billing.models import CreditNote, CustomerContact, Invoice, Quote
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
    kept = _each_once(given)
    return _reachable(kept, suppressed(organization.pk, _small(kept), without))


def recipients_of_each(
    documents: Sequence[Invoice], *, without: Collection[str]
) -> list[Recipients | DomainError]:
    """recipients_of for many invoices of one organization, by themselves; or its refusal."""
    if not documents:
        return []
    organization = documents[0].organization
    copies = [organization.email] if organization.copy_mail_to_self and organization.email else []
    contacts = _contacts(organization.pk, {each.customer_id for each in documents})
    found: list[dict[str, list[str]] | DomainError] = []
    for each in documents:
        own = [each.customer.email] if each.customer.email else []
        given = {"to": [*own, *contacts.get(each.customer_id, ())], "cc": [], "bcc": copies}
        try:
            found.append(_each_once(given))
        except DomainError as refusal:
            found.append(refusal)
    everybody = {one for kept in found if isinstance(kept, dict) for one in _small(kept)}
    gone = suppressed(organization.pk, everybody, without)
    return [_reachable_or_refusal(kept, gone) for kept in found]


def automatic(actor: Actor) -> Collection[str]:
    """The reasons that keep an address from mail that this actor sends.

    A person or program that sends a document by hand knows what it does.
    """
    return NO_AUTOMATIC_MAIL if actor.kind == "system" else ()


def _each_once(given: dict[str, list[str]]) -> dict[str, list[str]]:
    """The addresses by role, cleaned, each in its first role. Raises InvalidValue."""
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
    return kept


def _small(kept: dict[str, list[str]]) -> set[str]:
    return {address.lower() for addresses in kept.values() for address in addresses}


def _reachable(kept: dict[str, list[str]], gone: Mapping[str, str]) -> Recipients:
    """Without those that are gone, by address and reason. Raises RecipientsSuppressed."""
    if not gone:
        return Recipients(**kept)
    if all(address.lower() in gone for address in kept["to"]):
        told = ", ".join(f"{address} ({gone[address.lower()]})" for address in kept["to"])
        raise RecipientsSuppressed(addresses=told)
    return Recipients(
        **{
            role: [address for address in addresses if address.lower() not in gone]
            for role, addresses in kept.items()
        }
    )


def _reachable_or_refusal(
    kept: dict[str, list[str]] | DomainError, gone: Mapping[str, str]
) -> Recipients | DomainError:
    if isinstance(kept, DomainError):
        return kept
    try:
        return _reachable(kept, gone)
    except RecipientsSuppressed as refusal:
        return refusal


def _of_customer(document: Invoice | Quote | CreditNote) -> list[str]:
    own = [document.customer.email] if document.customer.email else []
    found = _contacts(document.organization_id, {document.customer_id})
    return [*own, *found.get(document.customer_id, ())]


def _contacts(organization_id: int, customer_ids: Collection[int]) -> dict[int, list[str]]:
    """The addresses of each customer's contacts who receive invoices."""
    rows = CustomerContact.objects.of(organization_id).filter(customer_id__in=customer_ids)
    found: dict[int, list[str]] = defaultdict(list)
    wanted = rows.filter(receives_invoices=True).exclude(email="").order_by("pk")
    for customer_id, email in wanted.values_list("customer_id", "email"):
        found[customer_id].append(email)
    return found
