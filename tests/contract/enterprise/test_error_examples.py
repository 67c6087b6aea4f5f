"""The error examples of the /v1 document (section 6), request ids and idempotency (3.1, 7)."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organization
from tests.contract.enterprise.printed import holds
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db


def test_validation_error_6(v1: V1) -> None:
    answer = v1.post("/customers", {"name": "ACME", "email": "not-an-email"})
    assert answer.status == 422
    holds(
        answer.error,
        type="validation_error",
        code="invalid_email",
        message="The email address 'not-an-email' is invalid",
        param="email",
    )


@pytest.mark.parametrize("secret", ["sk_live_1234567890abcdef", "wrong", "sk_live_", "é"])
def test_authentication_error_6(stranger: V1, secret: str, db: None) -> None:
    answer = V1(secret).get("/invoices")
    assert answer.status == 401
    holds(
        answer.error,
        type="authentication_error",
        code="invalid_token",
        message="The provided authentication token is invalid or expired",
    )
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_missing_authentication(stranger: V1, db: None) -> None:
    answer = stranger.get("/invoices/inv_123")
    assert (answer.status, answer.error["type"]) == (401, "authentication_error")


def test_rate_limit_error_6(acme: Organization, clock: Any) -> None:
    acme.rate_limit_per_minute = 1
    acme.save()
    v1 = V1(key_for(acme))
    assert v1.get("/invoices").status == 200
    answer = v1.get("/invoices")
    assert answer.status == 429
    holds(
        answer.error,
        type="rate_limit_error",
        code="rate_limit_exceeded",
        message="You have exceeded the rate limit of 1 requests per minute",
        retry_after=60,
    )
    assert answer.headers["Retry-After"] == "60"


def test_not_found_error_6(v1: V1) -> None:
    answer = v1.get("/invoices/inv_xyz789")
    assert answer.status == 404
    holds(
        answer.error,
        type="not_found_error",
        code="resource_not_found",
        message="No invoice found with id 'inv_xyz789'",
        param="id",
    )


def test_request_id_is_echoed_3_1(v1: V1) -> None:
    given = "550e8400-e29b-41d4-a716-446655440000"
    answer = v1.get("/invoices/inv_123", X_Request_ID=given)
    assert answer.headers["X-Request-ID"] == given
    assert answer.json["request_id"] == given
    assert v1.get("/invoices").headers["X-Request-ID"].startswith("req_")


def test_idempotency_7(v1: V1, customer: dict[str, Any]) -> None:
    """The example's body: a customer and a total, nothing else."""
    body = {"customer_id": customer["id"], "total": Decimal("1000.00")}
    first = v1.post("/invoices", body, X_Idempotency_Key="unique-key-12345")
    again = v1.post("/invoices", body, X_Idempotency_Key="unique-key-12345")
    assert (first.status, again.status) == (201, 200)
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    shown = first.json
    holds(shown, total=Decimal("1000.00"), tax_total=0, issue_date="2025-01-15")
    assert [line["description"] for line in shown["line_items"]] == ["Invoice total"]
    assert v1.get("/invoices").json["total_count"] == 1
