"""/v1/email-templates: read, written, refused by field, taken back."""

import pytest

from integrations.models import EmailTemplate
from tests.integrations.dialects.enterprise.conftest import Body
from tests.v1 import V1

pytestmark = pytest.mark.django_db
PATH = "/email-templates/invoice/en"


def test_every_kind_in_every_language_is_listed(v1: V1) -> None:
    shown = v1.get("/email-templates").json
    assert (shown["object"], shown["has_more"], len(shown["data"])) == ("list", False, 20)
    assert {row["kind"] for row in shown["data"]} == {
        "invoice",
        "reminder",
        "receipt",
        "quote",
        "credit_note",
    }
    assert all(row["is_default"] for row in shown["data"])


def test_written_read_and_taken_back(v1: V1) -> None:
    body = {"subject": "Invoice {invoice_number} of {company_name}", "message": "Hello.\n\nBye."}
    written = v1.put(PATH, body).json
    assert v1.get(PATH).json == written
    assert written == {
        "object": "email_template",
        "kind": "invoice",
        "language": "en",
        **body,
        "is_default": False,
        "placeholders": [
            "invoice_number",
            "customer_name",
            "company_name",
            "total",
            "amount_due",
            "issue_date",
            "due_date",
            "link",
        ],
        "updated_at": "2025-01-15T10:30:00Z",
    }
    assert v1.delete(PATH).status == 204
    back = v1.get(PATH).json
    assert (back["is_default"], back["updated_at"]) == (True, None)
    assert back["subject"] == "Invoice {invoice_number} from {company_name}"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_is_not_sent_stays_and_null_is_the_products(v1: V1, method: str) -> None:
    v1.put(PATH, {"subject": "Ours", "message": "Our words."})
    shown = v1.call(method, PATH, {"message": None}).json
    assert (shown["subject"], shown["is_default"]) == ("Ours", False)
    assert shown["message"].startswith("Please find your invoice {invoice_number}")


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({"subject": "{number}"}, "subject", "unknown_placeholder"),
        ({"message": "{days_overdue}"}, "message", "unknown_placeholder"),
        ({"message": "{{ x }}"}, "message", "stray_brace"),
        ({"subject": "x" * 301}, "subject", "too_long"),
        ({"subject": 7}, "subject", "invalid_type"),
        ({"html": "<b>"}, "html", "unknown_parameter"),
        ({"language": "de"}, "language", "unknown_parameter"),
    ],
)
def test_what_is_refused(v1: V1, body: Body, param: str, code: str) -> None:
    answer = v1.put(PATH, body)
    assert (answer.status, answer.error["param"], answer.error["code"]) == (422, param, code)
    assert not EmailTemplate.objects.exists()


@pytest.mark.parametrize("path", ["/email-templates/alert/en", "/email-templates/invoice/it"])
def test_others_are_not_there(v1: V1, path: str) -> None:
    assert v1.get(path).status == v1.put(path, {"subject": "x"}).status == 404
    assert v1.delete(path).status == 404
