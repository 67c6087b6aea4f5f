"""Many rows in one request, and CSV files."""

from typing import Any

import pytest

from accounts.models import Organization
from billing.models import Customer, Invoice, Product
from tests.integrations.dialects.enterprise.conftest import Body, line
from tests.v1 import V1, key_for

pytestmark = pytest.mark.django_db
CSV = {"Content_Type": "text/csv"}


def bodies(customer: Body, *totals: Any) -> Body:
    return {
        "invoices": [
            {"customer_id": customer["id"], "line_items": [line(total)]} for total in totals
        ]
    }


def test_results_stand_in_the_rows_places_G10(v1: V1, customer: Body) -> None:
    answer = v1.post("/invoices/bulk", bodies(customer, 100, -1, 5)).json
    assert (answer["object"], answer["created"], answer["failed"]) == ("bulk_result", 2, 1)
    first, refused, last = answer["results"]
    assert first["data"] == v1.get(f"/invoices/{first['data']['id']}").json
    assert (last["index"], last["data"]["number"], last["data"]["total"]) == (2, "INV-2025-002", 5)
    assert refused["status"] == "failed"
    assert refused["error"]["param"] == "line_items[0].unit_price"


def test_a_row_that_cannot_be_read_is_refused_alone(v1: V1, customer: Body) -> None:
    sent = bodies(customer, 100)
    sent["invoices"] += ["x", {"customer_id": "cus_nobody"}, {**sent["invoices"][0], "nope": 1}]
    answer = v1.post("/invoices/bulk", sent).json
    codes = [row.get("error", {}).get("code") for row in answer["results"]]
    assert codes == [None, "invalid_type", "unknown_reference", "unknown_parameter"]


def test_an_unknown_customer_is_named_as_it_was_sent(v1: V1, rival: Organization) -> None:
    theirs = V1(key_for(rival)).made("/customers", {"name": "Theirs"})
    answer = v1.post("/invoices/bulk", bodies(theirs, 1)).json
    error = answer["results"][0]["error"]
    assert (error["code"], error["param"]) == ("unknown_reference", "customer_id")
    assert theirs["id"] in error["message"]


def test_all_or_nothing_G10(v1: V1, customer: Body) -> None:
    answer = v1.post("/invoices/bulk", {**bodies(customer, 1, -1), "all_or_nothing": True})
    assert answer.status == 422
    assert answer.error["param"] == "invoices[1].line_items[0].unit_price"
    assert not Invoice.objects.exists()


def test_the_same_key_replays_the_same_results_G10(v1: V1, customer: Body) -> None:
    first = v1.post("/invoices/bulk", bodies(customer, 1, -1), X_Idempotency_Key="k")
    again = v1.post("/invoices/bulk", bodies(customer, 1, -1), X_Idempotency_Key="k")
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Invoice.objects.count() == 1


def test_customers_and_products(v1: V1) -> None:
    made = v1.post("/customers/bulk", {"customers": [{"name": "A"}, {"email": "x"}]}).json
    assert [row["status"] for row in made["results"]] == ["created", "failed"]
    params = {error["param"] for error in made["results"][1]["error"]["errors"]}
    assert params == {"name", "email"}
    sent = {"products": [{"name": "P", "unit_price": 1, "sku": "S"}] * 2}
    made = v1.post("/products/bulk", sent).json
    assert [row["status"] for row in made["results"]] == ["created", "failed"]
    assert made["results"][1]["error"]["code"] == "sku_taken"
    assert Product.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "invoices"),
        ({"invoices": []}, "invoices"),
        ({"invoices": "x"}, "invoices"),
        ({"invoices": [{}] * 1001}, "invoices"),
        ({"invoices": [{}], "all_or_nothing": "yes"}, "all_or_nothing"),
    ],
)
def test_the_frame_itself_must_be_right(v1: V1, body: Body, param: str) -> None:
    answer = v1.post("/invoices/bulk", body)
    assert (answer.status, answer.error["param"]) == (422, param)


def test_import_of_customers(v1: V1) -> None:
    text = (
        "name,email,payment_terms,tax_exempt,tags,billing_address.city,metadata.crm\n"
        'Globex,ap@globex.test,14,yes,"gold;big",Springfield,42\n'
        "\n"
        ",nobody@globex.test,x,,,,\n"
    )
    answer = v1.call("POST", "/customers/import", raw=text.encode(), **CSV).json
    assert (answer["type"], answer["created"], answer["failed"]) == ("customers", 1, 1)
    good, bad = answer["results"]
    assert (good["line"], bad["line"]) == (2, 4)
    shown = v1.get(f"/customers/{good['id']}").json
    assert (shown["payment_terms"], shown["tax_exempt"]) == (14, True)
    assert (shown["tags"], shown["metadata"]) == (["gold", "big"], {"crm": "42"})
    assert shown["billing_address"]["city"] == "Springfield"
    assert {error["param"] for error in bad["error"]["errors"]} == {"name", "payment_terms"}


def test_a_dry_run_tells_and_keeps_nothing(v1: V1) -> None:
    raw = b"name\nGlobex\n"
    answer = v1.call("POST", "/customers/import?dry_run=true", raw=raw, **CSV).json
    assert answer["dry_run"] is True
    assert answer["results"] == [{"line": 2, "status": "created", "id": None}]
    assert not Customer.objects.exists()


def test_all_or_nothing_of_a_file_names_the_line(v1: V1) -> None:
    raw = b"name,email\nGlobex,\n\nHooli,x\n"
    answer = v1.call("POST", "/customers/import?all_or_nothing=true", raw=raw, **CSV)
    assert (answer.status, answer.error["param"]) == (422, "line_items[4].email")
    assert answer.error["message"].startswith("Line 4: ")
    assert not Customer.objects.exists()


def test_import_of_invoices_by_names(v1: V1, customer: Body) -> None:
    profile = v1.made("/tax-profiles", {"name": "VAT 19", "rate": 19})
    v1.made("/products", {"name": "Hosting", "sku": "H", "unit_price": "7.50", "currency": "USD"})
    text = (
        "invoice;customer_email;issue_date;description;quantity;unit_price;tax_profile;product_sku\n"
        "A;ap@globex.test;2025-01-10;Work;2;100;VAT 19;\n"
        "A;;;;1;;;H\n"
        "B;nobody@globex.test;2025-01-11;Work;1;1;;\n"
        "C;ap@globex.test;2025-01-11;Work;one;1;;\n"
    )
    answer = v1.call("POST", "/invoices/import", raw=text.encode(), **CSV).json
    made, stranger, unclear = answer["results"]
    assert (made["line"], made["number"]) == (2, "INV-2025-001")
    shown = v1.get(f"/invoices/{made['id']}").json
    assert (shown["subtotal"], shown["tax_total"], shown["total"]) == (207.5, 38, 245.5)
    assert profile["rate"] == 19
    assert stranger["error"]["param"] == "customer_email"
    assert unclear["error"]["param"] == "line_items[0].quantity"


def test_lines_of_one_invoice_must_agree(v1: V1, customer: Body) -> None:
    text = (
        "invoice,customer_id,due_date,description,quantity,unit_price\n"
        f"A,{customer['id']},2025-03-01,x,1,1\n"
        f"A,{customer['id']},2025-04-01,y,1,1\n"
    )
    answer = v1.call("POST", "/invoices/import", raw=text.encode(), **CSV).json
    assert answer["results"][0]["error"]["code"] == "contradiction"


def test_a_name_that_two_have_is_refused(v1: V1) -> None:
    for _ in range(2):
        v1.made("/customers", {"name": "Twin"})
    text = "customer_name,description,quantity,unit_price\nTwin,x,1,1\n"
    answer = v1.call("POST", "/invoices/import", raw=text.encode(), **CSV).json
    assert answer["results"][0]["error"]["param"] == "customer_name"


def test_another_tenants_names_are_unknown(v1: V1, rival: Organization) -> None:
    V1(key_for(rival)).made("/customers", {"name": "Theirs"})
    text = "customer_name,description,quantity,unit_price\nTheirs,x,1,1\n"
    answer = v1.call("POST", "/invoices/import", raw=text.encode(), **CSV).json
    assert answer["results"][0]["error"]["code"] == "unknown_reference"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\xff\xfe\x00",
        b"name\x00\n",
        b"name,name\nx,y\n",
        b"name,salary\nx,1\n",
        b"name\nx,y\n",
        b'name\n"open\n',
        b"name\n" + b"x\n" * 1001,
    ],
)
def test_an_unreadable_file_is_refused_whole(v1: V1, raw: bytes) -> None:
    answer = v1.call("POST", "/customers/import", raw=raw, **CSV)
    assert answer.status == 422
    assert not Customer.objects.exists()


def test_a_file_has_its_own_media_type_and_limit(v1: V1) -> None:
    assert v1.call("POST", "/customers/import", raw=b"name\nx\n").status == 415
    big = b"name\n" + b"x" * (5 * 1_048_576)
    assert v1.call("POST", "/customers/import", raw=big, **CSV).status == 413
    assert v1.call("POST", "/customers/import?dry_run=maybe", raw=b"name\nx", **CSV).status == 400
