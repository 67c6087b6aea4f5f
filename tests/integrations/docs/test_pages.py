"""The pages: public, complete, without scripts of their own and without anybody's data."""

import re

import pytest
from django.test import Client

from accounts.models import Organization, User
from integrations.docs.documents import document
from integrations.docs.errors import catalogue
from integrations.docs.markdown import guides, inline
from integrations.docs.reference import chapters
from tests.conftest import PASSWORD

PAGES = [
    "/docs",
    "/docs/errors",
    "/docs/events",
    "/docs/changelog",
    "/docs/swagger",
    *(f"/docs/reference/{slug}" for slug in ("invoices", "customers", "payments", "webhooks")),
    *(f"/docs/guides/{slug}" for slug in guides()),
]
# They are made of files: nothing of a database stands on them.
pytestmark = pytest.mark.once
# Most links stand on every page: each is asked for once.
_answered: dict[str, int] = {}


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_no_sign_in_and_nothing_inline(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert text.count("<h1>") == 1
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text) == []
    assert re.findall(r"\sstyle=|<style|\son[a-z]+=|javascript:", text) == []
    assert (
        re.findall(r"""(?:src|href)=["'](?:https?:)?//(?!testserver)[^"']*\.(?:js|css)""", text)
        == []
    )
    assert "default-src 'self'" in answer["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_links_lead_somewhere(client: Client, path: str) -> None:
    text = client.get(path).content.decode()
    for link in set(re.findall(r'href="(/[^"#]*)', text)):
        if not link.startswith("/static/"):
            if link not in _answered:
                _answered[link] = client.head(link).status_code
            assert _answered[link] == 200, link


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_links_within_a_page_have_a_target(client: Client, path: str) -> None:
    text = client.get(path).content.decode()
    ids = set(re.findall(r'\sid="([^"]+)"', text))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= ids


@pytest.mark.django_db
def test_somebody_who_is_signed_in_sees_the_same(
    client: Client, acme: Organization, alice: User
) -> None:
    before = client.get("/docs/reference/invoices").content
    assert client.login(email="alice@acme.test", password=PASSWORD)
    after = client.get("/docs/reference/invoices").content
    assert after == before
    assert b"Acme" not in after


@pytest.mark.django_db
def test_every_operation_has_its_place_in_the_reference(client: Client) -> None:
    described = {
        operation["operationId"]
        for methods in document("enterprise")["paths"].values()
        for operation in methods.values()
    }
    shown = {op.id for chapter in chapters().values() for op in chapter.operations}
    assert shown == described


@pytest.mark.django_db
def test_an_operation_is_shown_with_examples_scopes_and_errors(client: Client) -> None:
    text = client.get("/docs/reference/invoices").content.decode()
    section = text[text.index('<section class="operation" id="createInvoice"') :]
    section = section[: section.index("</section>")]
    assert "curl -X POST" in section
    assert "requests.post(" in section
    assert "<code>invoices:write</code>" in section
    assert "/docs/errors/unknown_reference" in section
    assert "Web Development Services" in section
    assert "line_items" in section


@pytest.mark.django_db
@pytest.mark.parametrize("code", catalogue())
def test_doc_url_leads_to_a_page(client: Client, code: str) -> None:
    answer = client.get(f"/docs/errors/{code}")
    assert answer.status_code == 200
    assert code in answer.content.decode()


@pytest.mark.django_db
def test_the_list_of_errors_has_them_all(client: Client) -> None:
    text = client.get("/docs/errors").content.decode()
    assert [code for code in catalogue() if f"/docs/errors/{code}" not in text] == []


@pytest.mark.django_db
def test_an_unknown_code_is_a_page_that_says_so(client: Client) -> None:
    answer = client.get("/docs/errors/%3Cscript%3Ealert(1)")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.content.decode()
    assert "There is no code" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/docs/guides/nope", "/docs/reference/nope", "/docs/nope"])
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_pages_only_take_reading(client: Client) -> None:
    assert client.post("/docs").status_code == 405
    assert client.head("/docs").status_code == 200


@pytest.mark.django_db
def test_robots_may_read_the_documentation_and_nothing_else(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert lines == ["User-agent: *", "Allow: /docs", "Allow: /openapi.", "Disallow: /"]


def test_raw_html_in_a_guide_stays_text() -> None:
    assert "<b>" not in inline("a <b>bold</b> word")
