"""Coming in to the customer portal: a link by mail, used once, becomes a session."""

import datetime
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.actors import Actor
from accounts.key_formats import digest_of
from accounts.models import Organization
from billing import ports
from billing.models import Customer, PortalLink, PortalSession
from billing.operations.customers import lock_customer
from billing.queries.lookup import Ref
from billing.queries.organizations import get_organization
from billing.queries.portal import customers_of_address, find_portal_session, list_portal_sessions
from core.errors import DomainError, Forbidden, InvalidValue, Kind, NotFound
from core.events import emit
from core.ids import random_text, uuid7
from core.text import clean_email

LINK_LIFE = datetime.timedelta(minutes=15)
SESSION_LIFE = datetime.timedelta(days=30)
# Links that one address may be sent in an hour.
LINKS_PER_HOUR = 5
# A page notes that somebody was seen this often, not at every click.
_SEEN_EVERY = datetime.timedelta(minutes=5)
_SALT = "billing.portal.link"
_SECRET_LENGTH = 43


class PortalLinkSpent(DomainError):
    """Used, too old, or never made: from outside they look the same."""

    kind, code = Kind.UNAUTHENTICATED, "portal_link_spent"
    message = "This link was used or has expired."


class PortalClosed(DomainError):
    kind, code = Kind.CONFLICT, "portal_closed"
    message = "The customer portal is switched off."


@transaction.atomic
def request_portal_link(*, actor: Actor, at: datetime.datetime, email: str) -> PortalLink | None:
    """Somebody asks for a link. Known and unknown addresses are treated alike here.

    The mail is queued by the event's consequence, for an address of a customer only. None
    where the address has had its links of the hour. Raises InvalidValue for what is no
    address at all.
    """
    address = clean_email(email, param="email", required=True).lower()
    rows = PortalLink.objects.of(actor.organization_id).filter(email=address)
    if rows.filter(created_at__gt=at - datetime.timedelta(hours=1)).count() >= LINKS_PER_HOUR:
        return None
    identifier = uuid7()
    link = PortalLink.objects.create(
        uuid=identifier,
        organization_id=actor.organization_id,
        email=address,
        digest=digest_of(_token(identifier)),
        expires_at=at + LINK_LIFE,
        created_at=at,
        updated_at=at,
    )
    # Without the address: a stranger's is kept for a day, the log for good.
    data = {"object": "portal_link", "uuid": str(link.uuid)}
    emit("portal.link_requested", subject=link, data=data, actor=actor, at=at, sequence=1)
    return link


@transaction.atomic
def queue_link_mail(*, actor: Actor, at: datetime.datetime, link_id: int) -> bool:
    """Mail the link, once, if the address is a customer's; whether it was."""
    rows = PortalLink.objects.of(actor.organization_id).select_for_update()
    link = rows.filter(pk=link_id, mailed_at=None, used_at=None, expires_at__gt=at).first()
    if link is None or not customers_of_address(actor.organization_id, link.email).exists():
        return False
    link.mailed_at = link.updated_at = at
    link.save(update_fields=["mailed_at", "updated_at"])
    ports.mailer.queue(
        actor=actor,
        at=at,
        kind="portal",
        subject_id=link.pk,
        to=[link.email],
        cc=(),
        bcc=(),
        subject="",
        body="",
        attach_pdf=False,
    )
    return True


@transaction.atomic
def sign_in_to_portal(
    *, actor: Actor, at: datetime.datetime, token: str, browser: str = ""
) -> tuple[PortalSession, str]:
    """Use the link up; the new session and its secret, which is told this once.

    Somebody who is a customer once over looks at that customer at once. Raises
    PortalLinkSpent.
    """
    rows = PortalLink.objects.of(actor.organization_id).select_for_update()
    link = rows.filter(digest=digest_of(token)).first()
    if link is None or link.used_at is not None or link.expires_at <= at:
        raise PortalLinkSpent
    customers = list(customers_of_address(actor.organization_id, link.email)[:2])
    if not customers:
        raise PortalLinkSpent
    link.used_at = link.updated_at = at
    link.save(update_fields=["used_at", "updated_at"])
    secret = random_text(_SECRET_LENGTH)
    session = PortalSession.objects.create(
        organization_id=actor.organization_id,
        email=link.email,
        digest=digest_of(secret),
        customer=customers[0] if len(customers) == 1 else None,
        seen_at=at,
        expires_at=at + SESSION_LIFE,
        browser="".join(char for char in browser if char.isprintable())[:200],
        created_at=at,
        updated_at=at,
    )
    _note("portal.signed_in", session, actor, at, sequence=1)
    return session, secret


@transaction.atomic
def choose_portal_customer(
    *, actor: Actor, at: datetime.datetime, session_id: int, customer_id: Ref
) -> PortalSession:
    """Look at another of the address's customers. Raises NotFound for any other."""
    session = _lock_session(actor, session_id)
    mine = {customer.uuid: customer for customer in _customers(session)}
    chosen = next((row for key, row in mine.items() if str(key) == str(customer_id)), None)
    if chosen is None:
        raise NotFound(noun="customer", id=customer_id)
    session.customer, session.updated_at = chosen, at
    session.save(update_fields=["customer", "updated_at"])
    _note("portal.customer_chosen", session, actor, at)
    return session


@transaction.atomic
def end_portal_session(*, actor: Actor, at: datetime.datetime, session_id: int) -> None:
    """Sign out. Raises NotFound."""
    _end(_lock_session(actor, session_id), actor, at)


@transaction.atomic
def end_portal_sessions(*, actor: Actor, at: datetime.datetime, customer_id: Ref) -> int:
    """Staff sign everybody out who looks at that customer; how many. Raises Forbidden, NotFound."""
    actor.require("customers:write")
    customer = lock_customer(actor.organization_id, customer_id)
    sessions = list(list_portal_sessions(customer, at).select_for_update())
    for session in sessions:
        _end(session, actor, at)
    return len(sessions)


@transaction.atomic
def invite_to_portal(*, actor: Actor, at: datetime.datetime, customer_id: Ref) -> list[str]:
    """Mail the portal's address to whoever gets the customer's invoices; to whom.

    It carries no way in by itself: they sign in with their own address. Raises Forbidden,
    NotFound, PortalClosed, InvalidValue, and what queueing mail raises.
    """
    actor.require("customers:write", "invoices:send")
    customer = lock_customer(actor.organization_id, customer_id)
    if not get_organization(actor.organization_id).portal_enabled:
        raise PortalClosed
    to = portal_addresses(customer)[:50]
    if not to:
        raise InvalidValue("The customer has no e-mail address.", param="email")
    ports.mailer.queue(
        actor=actor,
        at=at,
        kind="invitation",
        subject_id=customer.pk,
        to=to,
        cc=(),
        bcc=(),
        subject="",
        body="",
        attach_pdf=False,
    )
    data = {"object": "customer", "uuid": str(customer.uuid), "name": customer.name, "to": to}
    emit("customer.invited", subject=customer, data=data, actor=actor, at=at)
    return to


def open_portal_session(
    organization: Organization, secret: str, at: datetime.datetime
) -> PortalSession | None:
    """The session behind the secret of a browser; notes now and then that it was used.

    The customer of a session whose address is no longer theirs is not shown any more.
    """
    if not secret or len(secret) > 100 or not secret.isascii():
        return None
    session = find_portal_session(organization.pk, digest_of(secret), at)
    if session is None:
        return None
    if at - session.seen_at >= _SEEN_EVERY:
        PortalSession.objects.of(organization.pk).filter(pk=session.pk).update(seen_at=at)
    if session.customer is not None and session.customer not in _customers(session):
        session.customer = None
    return session


def portal_addresses(customer: Customer) -> list[str]:
    """The addresses that may sign in for the customer, each once."""
    contacts = customer.contacts.filter(receives_invoices=True).exclude(email="").order_by("pk")
    everyone = [customer.email, *contacts.values_list("email", flat=True)]
    return list({address.lower(): address for address in everyone if address}.values())


def link_token(link: PortalLink) -> str:
    """What stands in the mail: the same at every attempt to send it."""
    return _token(link.uuid)


def _token(identifier: Any) -> str:
    return salted_hmac(_SALT, str(identifier), algorithm="sha256").hexdigest()


def _customers(session: PortalSession) -> list[Customer]:
    return list(customers_of_address(session.organization_id, session.email))


def _lock_session(actor: Actor, session_id: int) -> PortalSession:
    if actor.kind != "portal" or actor.credential_id != session_id:
        raise Forbidden(needed="portal:read")
    rows = PortalSession.objects.of(actor.organization_id).select_for_update()
    session = rows.filter(pk=session_id, ended_at=None).first()
    if session is None:
        raise NotFound(noun="portal session", id=session_id)
    return session


def _end(session: PortalSession, actor: Actor, at: datetime.datetime) -> None:
    session.ended_at = session.updated_at = at
    session.save(update_fields=["ended_at", "updated_at"])
    _note("portal.signed_out", session, actor, at)


def _note(
    event: str,
    session: PortalSession,
    actor: Actor,
    at: datetime.datetime,
    sequence: int | None = None,
) -> None:
    customer = session.customer
    data = {
        "object": "portal_session",
        "uuid": str(session.uuid),
        "email": session.email,
        "customer": customer and {"uuid": str(customer.uuid), "name": customer.name},
    }
    who = actor if actor.kind != "portal" else replace(actor, label=session.email)
    emit(event, subject=session, data=data, actor=who, at=at, sequence=sequence)
