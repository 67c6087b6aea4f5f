"""Errors go to Sentry only where that is wanted, and bare."""

import sys
from types import ModuleType
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from invoiceapp import reporting
from invoiceapp.logs import request_id

DSN = "https://public@sentry.example.com/1"


def test_without_a_dsn_nothing_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(name: str) -> ModuleType:
        raise AssertionError(name)

    monkeypatch.setattr("importlib.import_module", never)
    reporting.start("", release="1")


def test_a_dsn_without_the_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    with pytest.raises(ImproperlyConfigured, match=r"requirements-sentry\.txt"):
        reporting.start(DSN, release="1")


def test_with_a_dsn_no_personal_data_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    library = ModuleType("sentry_sdk")
    library.init = given.update  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentry_sdk", library)

    reporting.start(DSN, release="InvoiceApp@0.1.0")

    assert given["dsn"] == DSN
    assert (given["send_default_pii"], given["include_local_variables"]) == (False, False)
    assert given["max_request_body_size"] == "never"


def test_an_event_is_sent_without_headers_queries_and_secrets() -> None:
    token = request_id.set("req_1")
    event = reporting.bare(
        {
            "request": {
                "method": "GET",
                "url": "https://a.example.com/i/lxbi0Sh4gxUGnjxyJlYvWp?token=abcd1234",
                "headers": {"Authorization": "Bearer abcdefghijkl"},
                "query_string": "token=abcd1234",
                "cookies": {"sessionid": "abcd1234"},
            },
            "user": {"email": "ann@example.com"},
            "extra": {"sys.argv": ["x"]},
            "exception": {"values": [{"type": "ValueError", "value": "token=abcd1234"}]},
        },
        {},
    )
    request_id.reset(token)
    assert event == {
        "request": {"method": "GET", "url": "https://a.example.com/i/…"},
        "exception": {"values": [{"type": "ValueError", "value": "token=…"}]},
        "tags": {"request_id": "req_1"},
    }
