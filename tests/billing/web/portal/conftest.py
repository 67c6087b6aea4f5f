"""A customer of acme who is signed in to the portal, through the front door."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Customer, PortalLink
from billing.operations.portal_access import link_token
from tests.builders import customer

Enter = Callable[..., Client]


@pytest.fixture
def buyer(actor: Actor) -> Customer:
    return customer(actor, country="DE", city="Bonn", address_line1="Rheinweg 1", locale="en_GB")


@pytest.fixture
def enter(acme: Organization) -> Enter:
    """enter("ap@globex.test"): a new browser, signed in with that address."""

    def come_in(email: str = "ap@globex.test", slug: str = "acme") -> Client:
        client = Client()
        assert client.post(f"/portal/{slug}/link", {"email": email}).status_code == 200
        link = PortalLink.objects.order_by("-pk")[0]
        answer = client.post(f"/portal/{slug}/enter/{link_token(link)}")
        assert answer.status_code == 303
        return client

    return come_in


@pytest.fixture
def portal(buyer: Customer, enter: Enter) -> Client:
    """The customer's browser."""
    return enter()
