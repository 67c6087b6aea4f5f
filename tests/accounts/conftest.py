"""Two organizations that must not see each other, and an instant to act at."""

import datetime

import pytest

from accounts.actors import Actor, actor_for_membership
from accounts.models import Membership, Organization, User
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user

AT = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)
PASSWORD = "correct horse battery"


@pytest.fixture
def at() -> datetime.datetime:
    return AT


@pytest.fixture
def owner(db: None) -> User:
    return create_user(at=AT, email="Alice@Acme.test", password=PASSWORD, name="Alice Archer")


@pytest.fixture
def studio(owner: User) -> Organization:
    return create_organization(
        at=AT, name="Acme Studio", slug="acme-studio", owner=owner, currency="EUR"
    )


@pytest.fixture
def rival(db: None) -> Organization:
    mallory = create_user(at=AT, email="mallory@rival.test", password=PASSWORD)
    return create_organization(at=AT, name="Rival", slug="rival", owner=mallory)


@pytest.fixture
def owner_actor(studio: Organization, owner: User) -> Actor:
    membership = Membership.objects.of(studio.pk).get(user=owner)
    return actor_for_membership(membership, "req_test")
