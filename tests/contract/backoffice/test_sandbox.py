"""The sandbox's own address takes test credentials only; a signature that is sent must be right."""

import time
from typing import Any

import pytest

from accounts.models import Organization
from core import exactjson
from integrations.dialects.base.guards import TOLERANCE_SECONDS, sign
from tests.contract.backoffice.conftest import V2, v2_key
from tests.v1 import key_for

pytestmark = pytest.mark.django_db
Body = dict[str, Any]
_SIGNED = exactjson.dumps({"account": "Signed"}).encode()


class AtTheSandbox(V2):
    """The same client, given the sandbox's prefix."""

    root = "/sandbox/api/v2"


@pytest.fixture
def test_v2(sandbox: Organization) -> V2:
    return AtTheSandbox(v2_key(sandbox))


def test_the_prefix_serves_the_sandbox(test_v2: V2, v2: V2) -> None:
    made = test_v2.made("/customers", {"account": "Somebody", "email": "some@example.com"})
    assert test_v2.get(f"/customers/{made['id']}").json["data"] == made
    assert v2.get("/customers").json["data"] == []
    assert test_v2.get("/nothing-here").status == 404


def test_the_prefix_refuses_a_live_key(v2: V2) -> None:
    answer = AtTheSandbox(v2.secret).post("/customers", {"account": "X", "email": "x@example.com"})
    assert answer.status == 401
    assert "test credentials" in answer.json["message"]
    assert v2.get("/customers").json["data"] == []


@pytest.mark.parametrize("host", ["sandbox.example", "sandbox.example:8443", "SANDBOX.example"])
def test_the_host_refuses_a_live_key_of_every_dialect(
    v2: V2, acme: Organization, sandbox: Organization, settings: Any, host: str
) -> None:
    settings.SANDBOX_HOST = "sandbox.example"
    settings.ALLOWED_HOSTS = ["testserver", "sandbox.example"]
    assert v2.call("GET", "/customers", Host=host).status == 401
    assert v2.get("/customers").status == 200
    tested = V2(v2_key(sandbox))
    assert tested.call("GET", "/customers", Host=host).status == 200
    for organization, status in ((acme, 401), (sandbox, 200)):
        answer = v2.client.get(
            "/v1/customers",
            headers={"Authorization": f"Bearer {key_for(organization)}", "Host": host},
        )
        assert answer.status_code == status
        if status == 401:
            assert answer.json()["error"]["code"] == "live_credential_in_sandbox"


def _signed(v2: V2, **changed: Any) -> str:
    parts: Body = {
        "timestamp": int(time.time()) - changed.pop("late", 0),
        "method": "POST",
        "target": "/api/v2/customers?from=test",
        "body": _SIGNED,
    }
    return sign(changed.pop("secret", v2.secret), **{**parts, **changed})


def _post(v2: V2, signature: str) -> Any:
    return v2.call("POST", "/customers?from=test", raw=_SIGNED, X_Signature=signature)


def test_a_right_signature_is_accepted(v2: V2) -> None:
    assert _post(v2, _signed(v2)).status == 201
    target = "/api/v2/customers"
    signature = _signed(v2, method="GET", target=target, body=b"")
    assert v2.call("GET", "/customers", X_Signature=signature).status == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"body": _SIGNED + b" "},
        {"method": "PUT"},
        {"target": "/api/v2/customers"},
        {"target": "/api/v2/invoices?from=test"},
        {"secret": "ak_other"},
        {"late": 2 * TOLERANCE_SECONDS},
        {"late": -2 * TOLERANCE_SECONDS},
    ],
    ids=str,
)
def test_a_wrong_signature_stops_the_request(v2: V2, changed: Body) -> None:
    answer = _post(v2, _signed(v2, **changed))
    assert (answer.status, "signature" in answer.json["message"]) == (401, True)
    assert v2.get("/customers").json["meta"]["total_records"] == 0


@pytest.mark.parametrize("text", ["", "abc", "t=1,v1=", f"t=x,v1={'0' * 64}", f"v1={'é' * 64}"])
def test_what_is_no_signature_stops_the_request(v2: V2, text: str) -> None:
    assert _post(v2, text).status == 401


def test_a_signed_body_of_unknown_length_is_refused(v2: V2) -> None:
    answer = v2.call(
        "POST",
        "/customers?from=test",
        raw=_SIGNED,
        X_Signature=_signed(v2),
        Transfer_Encoding="chunked",
    )
    assert (answer.status, "Content-Length" in answer.json["message"]) == (401, True)
