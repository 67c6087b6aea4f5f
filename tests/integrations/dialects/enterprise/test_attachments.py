"""Files over HTTP: forms and base64 alike, and handed over, never shown (P7)."""

import base64
import hashlib
from typing import Any

import pytest

from accounts.models import Organization
from billing.models import Attachment
from core.models import Event
from tests.billing.operations.test_attachments import PDF, XML, huge_png, picture
from tests.v1 import V1, Answer, key_for

pytestmark = pytest.mark.django_db
Body = dict[str, Any]
BOUNDARY = "x-boundary"


@pytest.fixture(autouse=True)
def _empty_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def as_json(name: str = "order.pdf", content: bytes = PDF, **more: Any) -> Body:
    return {"filename": name, "content_base64": base64.b64encode(content).decode(), **more}


def upload(
    v1: V1,
    path: str,
    name: str = "order.pdf",
    content: bytes = PDF,
    field: str = "file",
    **more: Any,
) -> Answer:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in more.items()
    ]
    head = (
        f"--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        "Content-Type: text/html\r\n\r\n"
    )
    raw = b"".join([*parts, head.encode(), content, f"\r\n--{BOUNDARY}--\r\n".encode()])
    media_type = f"multipart/form-data; boundary={BOUNDARY}"
    return v1.call("POST", path, raw=raw, Content_Type=media_type)


def test_a_form_and_json_make_the_same_attachment(v1: V1, draft: Body) -> None:
    path = f"/invoices/{draft['id']}/attachments"
    made = [upload(v1, path, send_with_invoice="true"), v1.post(path, as_json())]
    assert [answer.status for answer in made] == [201, 201]
    first, second = (answer.json for answer in made)
    for shown in (first, second):
        assert shown["attached_to"] == {"object": "invoice", "id": draft["id"]}
        assert (shown["filename"], shown["media_type"]) == ("order.pdf", "application/pdf")
        assert (shown["size"], shown["sha256"]) == (len(PDF), hashlib.sha256(PDF).hexdigest())
        assert shown["content_url"] == f"/v1/attachments/{shown['id']}/content"
    assert (first["send_with_invoice"], second["send_with_invoice"]) == (True, False)
    assert made[0].headers["Location"] == f"/v1/attachments/{first['id']}"
    listed = v1.get(path).json
    assert [row["id"] for row in listed["data"]] == [second["id"], first["id"]]
    assert v1.get(f"/attachments/{first['id']}").json == first


def test_every_kind_of_document_takes_files(v1: V1, customer: Body, issued: Body) -> None:
    line = {"description": "Work", "quantity": 1, "unit_price": 10}
    quote = v1.made("/quotes", {"customer_id": customer["id"], "line_items": [line]})
    note = v1.made("/credit-notes", {"invoice_id": issued["id"]})
    for path, word in (
        (f"/invoices/{issued['id']}", "invoice"),
        (f"/quotes/{quote['id']}", "quote"),
        (f"/credit-notes/{note['id']}", "credit_note"),
        (f"/customers/{customer['id']}", "customer"),
    ):
        made = v1.made(f"{path}/attachments", as_json())
        assert made["attached_to"]["object"] == word
        assert v1.get(f"{path}/attachments").json["total_count"] == 1


def test_content_is_handed_over_and_never_shown_P7(v1: V1, draft: Body) -> None:
    path = f"/invoices/{draft['id']}/attachments"
    made = v1.made(path, as_json('Räch"nung;1.xml', XML))
    answer = v1.get(f"/attachments/{made['id']}/content")
    assert answer.content == XML
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "\n" not in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"


def test_deleting_takes_the_file_away(
    v1: V1, draft: Body, django_capture_on_commit_callbacks: Any, tmp_path: Any
) -> None:
    made = v1.made(f"/invoices/{draft['id']}/attachments", as_json())
    with django_capture_on_commit_callbacks(execute=True):
        assert v1.delete(f"/attachments/{made['id']}").status == 204
    assert v1.get(f"/attachments/{made['id']}").status == 404
    assert v1.get(f"/attachments/{made['id']}/content").status == 404
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("body", "status", "code", "param"),
    [
        ({}, 422, "required", "filename"),
        ({"filename": "a.pdf"}, 422, "required", "content_base64"),
        ({"filename": "a.pdf", "content_base64": "%%%"}, 422, "invalid_format", "content_base64"),
        ({"filename": "a.pdf", "content_base64": 7}, 422, "invalid_type", "content_base64"),
        (as_json("a.pdf", b""), 422, "file_refused", "file"),
        (as_json("a.svg", b"<svg/>"), 422, "file_refused", "file"),
        (as_json("a.png", huge_png()), 422, "picture_refused", "file"),
        (as_json("a.pdf", picture()), 422, "file_refused", "file"),
        (as_json("../a.pdf"), 422, "invalid_value", "filename"),
        (as_json("a\0.pdf"), 400, "invalid_json", "filename"),
        (as_json(sha256="0"), 422, "unknown_parameter", "sha256"),
        (as_json(send_with_invoice="yes"), 422, "invalid_type", "send_with_invoice"),
    ],
)
def test_what_is_refused(
    v1: V1, draft: Body, body: Body, status: int, code: str, param: str
) -> None:
    before = Event.objects.count()
    answer = v1.post(f"/invoices/{draft['id']}/attachments", body)
    assert (answer.status, answer.error["code"], answer.error["param"]) == (status, code, param)
    assert (Attachment.objects.count(), Event.objects.count()) == (0, before)


@pytest.mark.parametrize("name", ["../../a.pdf", "..\\..\\a.pdf", "C:\\temp\\a.pdf"])
def test_a_forms_path_is_cut_to_its_name_P7(v1: V1, draft: Body, name: str) -> None:
    answer = upload(v1, f"/invoices/{draft['id']}/attachments", name)
    if answer.status == 201:
        assert answer.json["filename"] == "a.pdf"
    else:
        assert (answer.status, answer.error["param"]) == (422, "filename")


@pytest.mark.parametrize(
    ("raw", "media_type"),
    [
        (b"nonsense", f"multipart/form-data; boundary={BOUNDARY}"),
        (b"nonsense", "multipart/form-data"),
        (f"--{BOUNDARY}\r\n\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"),
        (b"x", "multipart/form-data; boundary=\xff"),
    ],
)
def test_broken_forms_are_refused(v1: V1, draft: Body, raw: bytes, media_type: str) -> None:
    path = f"/invoices/{draft['id']}/attachments"
    answer = v1.call("POST", path, raw=raw, Content_Type=media_type)
    assert (answer.status, answer.error["code"]) == (400, "invalid_form")


def test_a_form_has_exactly_one_file(v1: V1, draft: Body) -> None:
    answer = upload(v1, f"/invoices/{draft['id']}/attachments", field="document")
    assert (answer.status, answer.error["code"]) == (400, "invalid_form")


def test_more_than_ten_megabytes_never_get_in(v1: V1, draft: Body) -> None:
    path = f"/invoices/{draft['id']}/attachments"
    for size, status in ((10 * 1_048_576 + 1, 413), (11 * 1_048_576, 413)):
        answer = upload(v1, path, "a.txt", b"a" * size)
        assert answer.status == status
        assert answer.error["code"] in ("file_too_large", "request_too_large")
    assert upload(v1, path, "a.txt", b"a" * (10 * 1_048_576)).status == 201


def test_one_key_one_file(v1: V1, draft: Body) -> None:
    path = f"/invoices/{draft['id']}/attachments"
    first = v1.post(path, as_json(), X_Idempotency_Key="f")
    again = v1.post(path, as_json(), X_Idempotency_Key="f")
    other = v1.post(path, as_json(content=PDF + b"%"), X_Idempotency_Key="f")
    assert (again.status, again.content) == (200, first.content)
    assert (other.status, other.error["code"]) == (409, "idempotency_key_reused")
    assert Attachment.objects.count() == 1


def test_the_subject_decides_the_scope(
    acme: Organization, v1: V1, customer: Body, draft: Body
) -> None:
    of_customer = v1.made(f"/customers/{customer['id']}/attachments", as_json())["id"]
    of_invoice = v1.made(f"/invoices/{draft['id']}/attachments", as_json())["id"]
    reader = V1(key_for(acme, "customers:read", "invoices:write"))
    assert reader.get(f"/attachments/{of_customer}").status == 200
    assert reader.get(f"/attachments/{of_invoice}").status == 403
    assert reader.get(f"/attachments/{of_invoice}/content").status == 403
    assert reader.delete(f"/attachments/{of_customer}").status == 403
    assert reader.delete(f"/attachments/{of_invoice}").status == 204


def test_another_organizations_file_is_not_found_Z1(v1: V1, rival_v1: V1, draft: Body) -> None:
    made = v1.made(f"/invoices/{draft['id']}/attachments", as_json())
    for path in (f"/attachments/{made['id']}", f"/attachments/{made['id']}/content"):
        assert rival_v1.get(path).status == 404
    assert rival_v1.delete(f"/attachments/{made['id']}").status == 404
    assert rival_v1.get(f"/invoices/{draft['id']}/attachments").status == 404
    assert rival_v1.post(f"/invoices/{draft['id']}/attachments", as_json()).status == 404
    assert Attachment.objects.count() == 1
