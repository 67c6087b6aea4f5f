"""The page under /ui as the server answers it: to whom, in what language, inside of what."""

import html
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Organization
from core import tenancy
from integrations.collectors.origins import InvalidOrigin, clean_origin
from integrations.collectors.sentences import FRENCH
from integrations.dialects.collector.page_words import words
from integrations.models import CollectorUserToken
from tests.contract.collector.conftest import Collector, mailed_code

pytestmark = pytest.mark.django_db
BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "Accept-Language": "fr"}


def opened(token: str, **more: str) -> Any:
    """What a browser gets for that token."""
    return Client().get("/api/v1/ui", {"token": token, **more}, headers=BROWSER)


def boot_of(response: Any) -> Any:
    found = re.search(r'<script id="boot" type="application/json">(.*?)</script>', body(response))
    assert found is not None
    return json.loads(html.unescape(found[1]))


def body(response: Any) -> str:
    text: str = response.content.decode()
    return text


def test_the_page_of_a_user(collector: Collector) -> None:
    collector.post("/customer", {"allowedOrigins": ["https://App.Example.com/"]})
    token = collector.user(locale="fr")["token"]
    answer = opened(token)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert '<html lang="fr" dir="ltr"' in body(answer)
    assert token not in body(answer)
    policy = answer["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors https://app.example.com")
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    assert "X-Frame-Options" not in answer
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert not answer.cookies
    boot = boot_of(answer)
    assert boot["origins"] == ["https://app.example.com"]
    assert (boot["needsTerms"], boot["hasCallback"], boot["api"]) == (True, False, "/api/v1")
    assert 590_000 < boot["endsInMs"] <= 600_000


def test_without_origins_no_site_may_frame_it(collector: Collector) -> None:
    answer = opened(collector.user()["token"])
    assert answer["Content-Security-Policy"].endswith("frame-ancestors 'none'")


def test_opening_it_changes_nothing(collector: Collector) -> None:
    token = collector.user()["token"]
    assert boot_of(opened(token, verificationCode=mailed_code()))["code"] == mailed_code()
    assert Collector(token=token).get("/credentials").status == 403


def test_a_token_that_ended_is_told_to_programs_and_to_people(collector: Collector) -> None:
    collector.post("/customer", {"allowedOrigins": ["https://app.example.com"]})
    token = collector.user()["token"]
    CollectorUserToken.objects.update(expires_at="2026-01-01T00:00:00Z")
    told = Collector(token=token).get("/ui")
    assert (told.status, told.json["message"]) == (401, "Invalid Oauth token")
    shown = opened(token)
    assert (shown.status_code, boot_of(shown)["endsInMs"]) == (401, 0)
    # The site around it may bring another one.
    assert shown["Content-Security-Policy"].endswith("frame-ancestors https://app.example.com")
    assert '<html lang="fr"' in body(shown)


def test_a_reload_knows_whose_page_it_was(collector: Collector) -> None:
    collector.post("/customer", {"allowedOrigins": ["https://app.example.com"]})
    customer = collector.get("/customer").json["id"]
    known = Client().get("/api/v1/ui", {"customer": customer}, headers=BROWSER)
    assert (known.status_code, boot_of(known)["origins"]) == (401, ["https://app.example.com"])
    for nobody in ("", "x", "0" * 36, "a\x00b"):
        answer = Client().get("/api/v1/ui", {"customer": nobody}, headers=BROWSER)
        assert (answer.status_code, boot_of(answer)["origins"]) == (401, [])
        assert answer["Content-Security-Policy"].endswith("frame-ancestors 'none'")


def test_a_customers_bearer_has_no_page(collector: Collector) -> None:
    assert collector.get("/ui").status == 401


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the second wall is PostgreSQL's")
def test_a_token_is_found_on_a_connection_that_served_somebody_else(
    collector: Collector, rival: Organization
) -> None:
    token = collector.welcome()["token"]
    tenancy.narrow(rival.pk)
    assert Collector(token=token).get("/credentials").status == 200


def test_the_words_are_the_same_in_each_language() -> None:
    english, french = words("en"), words("fr")
    assert english.keys() == french.keys()
    assert english["script"].keys() == french["script"].keys()
    for key, text in english["script"].items():
        spoken = french["script"][key]
        assert len(text) == len(spoken) if isinstance(text, list) else text and spoken
        if isinstance(text, str):
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", spoken)), key
    assert all(FRENCH.values())


# --- origins -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://app.example.com", "https://app.example.com"),
        (" HTTPS://App.Example.COM:443/ ", "https://app.example.com"),
        ("https://app.example.com:8443", "https://app.example.com:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(settings: Any, given: str, kept: str) -> None:
    settings.BASE_URL = "https://invoices.example.com"
    assert clean_origin(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "app.example.com",
        "https://",
        "https://*.example.com",
        "*",
        "null",
        "https://app.example.com/path",
        "https://app.example.com?x",
        "https://u:p@app.example.com",
        "https://app.example.com:99999",
        "https://a b",
        "https://app.example.com;script-src *",
        "https://app.example.com'",
        "http://app.example.com",
        "javascript:alert(1)",
        "https://[::1",
        "https://" + "a" * 300,
    ],
)
def test_what_is_no_origin(settings: Any, given: str) -> None:
    settings.BASE_URL = "https://invoices.example.com"
    with pytest.raises(InvalidOrigin):
        clean_origin(given)


def test_origins_over_the_api(collector: Collector) -> None:
    origins = ["https://a.example.com", "https://A.example.com"]
    assert collector.post("/customer", {"allowedOrigins": origins}).json["allowedOrigins"] == [
        "https://a.example.com"
    ]
    refused = collector.post("/customer", {"allowedOrigins": ["https://*.example.com"]})
    assert refused.status == 400
    assert "is not the origin of a site" in refused.json["message"]
    assert collector.get("/customer").json["allowedOrigins"] == ["https://a.example.com"]
