"""Whatever is thrown at /v1, the answer is a 4xx in /v1's shape: never a page, never a 5xx.

V1.call checks the shape, the headers and the media type of every answer.
"""

import itertools

import pytest

from core.models import Event
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1

pytestmark = pytest.mark.django_db
CREATORS = ["/invoices", "/customers", "/payments", "/products", "/tax-profiles", "/webhooks"]
LISTS = [*CREATORS, "/api-keys"]

BODIES = {
    "NaN": (b'{"amount": NaN}', 400),
    "Infinity": (b'{"amount": -Infinity}', 400),
    "1e400": (b'{"amount": 1e400}', 400),
    "1E1000000": (b'{"amount": 1E1000000}', 400),
    "5,000 digits": (b'{"amount": ' + b"1" * 5000 + b"}", 400),
    "NUL": (b'{"name": "a\\u0000b"}', 400),
    "lone surrogate": (b'{"name": "\\udfff"}', 400),
    "bad UTF-8": (b'{"name": "\xff\xfe"}', 400),
    "UTF-16": ('{"name": "x"}'.encode("utf-16"), 400),
    "10,000 deep": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
    "100,000 deep": (b"[" * 100_000, 400),
    "65 deep": (b'{"a":' * 65 + b"1" + b"}" * 65, 400),
    "10 MB": (b'{"name": "' + b"x" * 10_000_000 + b'"}', 413),
    "duplicate keys": (b'{"name": "a", "name": "b"}', 400),
    "top-level array": (b"[]", 400),
    "top-level text": (b'"x"', 400),
    "top-level null": (b"null", 400),
    "no JSON": (b"name=x", 400),
    "cut off": (b'{"name": ', 400),
    "empty": (b"", 422),
    "empty object": (b"{}", 422),
    "nulls": (b'{"name": null, "customer_id": null, "amount": null, "url": null}', 422),
    "mass assignment": (b'{"organization_id": 1, "id": 1, "_state": {}, "is_staff": true}', 422),
    "prototype": (b'{"__proto__": {"a": 1}, "__class__": "x"}', 422),
}


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=BODIES.keys())
def test_bodies(v1: V1, body: bytes, status: int) -> None:
    before = Event.objects.count()
    for path in (*CREATORS, "/api-keys"):
        answer = v1.call("POST", path, raw=body)
        assert (path, answer.status) == (path, status)
        assert answer.error["type"] == "validation_error"
    assert Event.objects.count() == before


@pytest.mark.parametrize("media_type", ["text/plain", "multipart/form-data; boundary=x", "x"])
def test_media_types(v1: V1, media_type: str) -> None:
    for path in CREATORS:
        answer = v1.call("POST", path, raw=b"{}", Content_Type=media_type)
        assert (answer.status, answer.error["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/nothing",
        "/invoices/",
        "/Invoices",
        "/invoices/x/y/z",
        "/invoices/../admin",
        "//invoices",
        "/reports/aging/x",
        "/%00",
        "/%ff%fe",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/invoices/%2F",
        "/.env",
        "/wp-login.php",
    ],
)
def test_unknown_routes(v1: V1, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = v1.call(method, path)
        assert (method, answer.status) == (method, 404)
        assert answer.error["type"] == "not_found_error"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/invoices"),
        ("DELETE", "/invoices"),
        ("PATCH", "/customers"),
        ("OPTIONS", "/invoices"),
        ("TRACE", "/invoices"),
        ("POST", "/invoices/inv_1"),
        ("GET", "/invoices/inv_1/send"),
        ("GET", "/invoices/inv_1/void"),
        ("POST", "/invoices/inv_1/pdf"),
        ("GET", "/payments/pay_1/refund"),
        ("PUT", "/payments/pay_1"),
        ("PUT", "/api-keys/ak_1"),
        ("BREW", "/products"),
    ],
)
def test_wrong_methods(v1: V1, method: str, path: str) -> None:
    answer = v1.call(method, path)
    assert (answer.status, answer.error["code"]) == (405, "method_not_allowed")
    assert "Allow" in answer.headers


IDS = ["1", "inv_", "inv_1", "inv_" + "a" * 26, "inv_" + "A" * 26, "%00", "é", "x" * 500, "'--"]


@pytest.mark.parametrize("noun", ["invoices", "customers", "payments", "products", "webhooks"])
def test_ids_that_lead_nowhere(v1: V1, noun: str) -> None:
    for method, id in itertools.product(("GET", "DELETE"), IDS):
        answer = v1.call(method, f"/{noun}/{id}")
        assert (id, answer.status, answer.error["type"]) == (id, 404, "not_found_error")


@pytest.mark.parametrize(
    "query",
    [
        "limit=abc",
        "limit=0",
        "limit=-1",
        "limit=101",
        "limit=1e9",
        "limit=10&limit=20",
        "limit=%31%30%00",
        "cursor=x",
        "cursor=%ff",
        "cursor=W10%3D",
        "starting_after=1",
        "ending_before=inv_1",
        "starting_after=" + "a" * 300,
        "sort=password",
        "sort=organization__id",
        "sort=-",
        "sort=,",
        "colour=red",
        "fields=__class__",
        "organization_id=1",
        "created_at[gte]=x",
        "created_at[foo]=2025-01-01",
        "created_at__gte=2025-01-01",
        "[]=1",
        "%00=1",
        "=1",
        "&".join(f"p{n}=1" for n in range(1500)),
    ],
)
def test_query_parameters(v1: V1, query: str) -> None:
    for path in LISTS:
        answer = v1.get(f"{path}?{query}")
        assert (path, answer.status, answer.error["type"]) == (path, 400, "validation_error")


def test_an_unknown_parameter_is_named(v1: V1) -> None:
    error = v1.get("/invoices?colour=red").error
    assert (error["code"], error["param"]) == ("unknown_parameter", "colour")


def test_a_64_kb_url(v1: V1) -> None:
    answer = v1.get("/invoices?search=" + "x" * 65_536)
    assert (answer.status, answer.error["code"]) == (400, "url_too_long")


NUMBERS = [
    True,
    "1_000",
    "１２",
    "٣",
    "1e5",
    "NaN",
    "",
    [],
    {},
    10**15,
    -(10**15),
    "99999999999999999999",
    "0.0000000000001",
]


@pytest.mark.parametrize("name", ["quantity", "unit_price"])
def test_numbers_on_a_line(v1: V1, customer: Body, name: str) -> None:
    for number in NUMBERS:
        body = {"customer_id": customer["id"], "line_items": [{**line(), name: number}]}
        answer = v1.post("/invoices", body)
        assert (number, answer.status) == (number, 422)
        assert answer.error["param"] == f"line_items[0].{name}"


def test_numbers_of_a_payment(v1: V1, issued: Body) -> None:
    for number in [*NUMBERS, 0, -1, "0.001", "-0"]:
        answer = v1.post("/payments", {"invoice_id": issued["id"], "amount": number})
        assert (number, answer.status) == (number, 422)
        assert answer.error["param"] == "amount"
    assert v1.get(f"/invoices/{issued['id']}").json["amount_paid"] == 0


@pytest.mark.parametrize(
    ("kind", "value"), [("percent", 101), ("percent", -1), ("fixed", -1), ("x", 1), (None, 5)]
)
def test_discounts_that_are_none(v1: V1, customer: Body, kind: str | None, value: int) -> None:
    body = {
        "customer_id": customer["id"],
        "line_items": [line()],
        "discount_type": kind,
        "discount_value": value,
    }
    assert v1.post("/invoices", body).status == 422


def test_more_lines_than_anyone_writes(v1: V1, customer: Body) -> None:
    lines = [{"description": "x", "quantity": 1, "unit_price": 1}] * 10_000
    answer = v1.post("/invoices", {"customer_id": customer["id"], "line_items": lines})
    assert (answer.status, answer.error["code"]) == (422, "too_many_items")


TEXTS = [
    "\u202eevil\u2066",
    "\u200b\ufeff",
    "\u2028\u2029",
    "😀👩‍👩‍👧",
    "e" + "\u0301" * 9_000,
    "שלום",
    "\x7f\x1b[31m",
]


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_texts_do_no_harm(v1: V1, text: str) -> None:
    answer = v1.post("/customers", {"name": f"A{text}", "notes": text, "tags": [f"t{text[:40]}"]})
    assert answer.status in (201, 422)
    if answer.status == 201:
        shown = answer.json["name"]
        assert not set(shown) & set("\u202e\u2066\u200b\ufeff\u2028\x7f\x1b")


@pytest.mark.parametrize(
    "header", [{"If_Match": "x"}, {"If_Match": '"1", "2"'}, {"X_Idempotency_Key": "a b"}]
)
def test_headers(v1: V1, draft: Body, header: dict[str, str]) -> None:
    answer = v1.put(f"/invoices/{draft['id']}", {"notes": "x"}, **header)
    assert answer.status == 400
    assert v1.get(f"/invoices/{draft['id']}").json["version"] == 1


@pytest.mark.parametrize("given", ["", "a\tb", "x" * 129, "é"])
def test_a_harmful_request_id_is_replaced(v1: V1, given: str) -> None:
    answer = v1.get("/invoices", X_Request_ID=given)
    assert answer.headers["X-Request-ID"].startswith("req_")
