"""An application of acme, and alice's browser beside it."""

import pytest

from accounts.models import Organization, User
from tests.oauth import App, register


@pytest.fixture
def app(acme: Organization, alice: User) -> App:
    """Confidential, every scope, one redirect address; alice is signed in."""
    made = register(acme)
    made.sign_in(alice)
    return made


@pytest.fixture
def public_app(acme: Organization, alice: User) -> App:
    made = register(acme, name="Pocket", is_public=True)
    made.sign_in(alice)
    return made
