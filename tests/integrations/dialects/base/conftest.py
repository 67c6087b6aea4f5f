"""The toy dialect, called with acme's key."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization
from tests.integrations.dialects.base import toy
from tests.v1 import key_for

Call = Callable[..., Any]


@pytest.fixture(autouse=True)
def _fresh_toy() -> Iterator[None]:
    yield
    toy.hook.clear()
    toy.runs.clear()


@pytest.fixture
def call(acme: Organization, clock: Any, settings: Any) -> Call:
    """call(method, path, body bytes, **headers) with acme's key."""
    settings.ROOT_URLCONF = "tests.integrations.dialects.base.toy"
    return caller(key_for(acme))


def caller(secret: str) -> Call:
    client = Client(raise_request_exception=False)

    def call(method: str, path: str, body: bytes = b"", **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {secret}"} if secret else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        media_type = sent.pop("Content-Type", "application/json")
        return client.generic(method, path, body, content_type=media_type, headers=sent)

    return call
