"""Log lines: whose they are, and that no secret gets into them."""

import datetime
import io
import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from gunicorn.config import Config
from pytest_django import Settings

from accounts.key_formats import make_secret
from integrations.dialects.base.dialect import Dialect
from integrations.dialects.registry import DIALECTS
from invoiceapp.gunicorn_logs import Logger
from invoiceapp.logs import JsonFormatter, TextFormatter, request_id
from invoiceapp.redaction import redacted
from invoiceapp.settings.logging import logging_config


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that any logger says, as JSON."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def send_everywhere(path: str, secret: str, client: Client) -> Any:
    """The secret wherever a careless program might put it."""
    return client.post(
        f"{path}?token={secret}&api_key={secret}",
        json.dumps({"password": secret, "name": secret}),
        content_type="application/json",
        headers={
            "Authorization": f"Bearer {secret}",
            "X-API-Key": secret,
            "X-Client-Secret": secret,
            "X-Request-ID": "canary-1",
        },
    )


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_refused_call_leaves_no_secret_in_the_log(
    db: None, lines: io.StringIO, dialect: Dialect
) -> None:
    secret = make_secret(dialect.name, livemode=True)
    answer = send_everywhere(f"{dialect.prefixes[0]}/invoices", secret, Client())
    assert 400 <= answer.status_code < 500
    assert secret not in lines.getvalue()
    assert secret[8:] not in lines.getvalue()


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_an_unforeseen_error_that_quotes_a_secret_leaves_none_in_the_log(
    db: None, lines: io.StringIO, dialect: Dialect, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = make_secret(dialect.name, livemode=True)

    count, failures = Dialect.count, iter((True,))

    def quote(self: Dialect, *given: Any) -> Any:
        # Once: the refusal that follows is counted too.
        if not next(failures, False):
            return count(self, *given)
        raise RuntimeError(f"cannot count {secret} of postgres://app:{secret}@db/app")

    monkeypatch.setattr(Dialect, "count", quote)
    client = Client(raise_request_exception=False)
    answer = send_everywhere(f"{dialect.prefixes[0]}/invoices", secret, client)

    assert answer.status_code == 500
    said = [json.loads(line) for line in lines.getvalue().splitlines()]
    errors = [one for one in said if one["level"] == "ERROR"]
    assert [one["request_id"] for one in errors] == ["canary-1"] * len(errors)
    assert "RuntimeError: cannot count " in errors[0]["exception"]
    assert secret not in lines.getvalue()
    assert secret[8:] not in lines.getvalue()


def test_a_page_that_fails_is_told_with_its_request(lines: io.StringIO, db: None) -> None:
    record = logging.makeLogRecord({"msg": "Internal Server Error: %s", "args": ("/",)})
    record.request = type("Request", (), {"request_id": "req_9"})()
    assert json.loads(JsonFormatter().format(record))["request_id"] == "req_9"
    record = logging.makeLogRecord({"msg": "outside of any request"})
    assert json.loads(JsonFormatter().format(record))["request_id"] == "-"
    token = request_id.set("req_10")
    assert "[req_10]" in TextFormatter().format(record)
    request_id.reset(token)


def test_the_web_servers_own_lines_carry_the_request_and_no_address_of_a_page(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.LOGGING = logging_config("INFO", "json")
    config = Config()
    config.set("accesslog", "-")
    config.set("access_log_format", '"%(m)s %(U)s" %(s)s')
    logger = Logger(config)
    answer = SimpleNamespace(
        status="200 OK", sent=9, headers=[("X-Request-ID", "req_7"), ("Content-Length", "9")]
    )
    request = SimpleNamespace(headers=[])
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/i/lxbi0Sh4gxUGnjxyJlYvWp",
        "QUERY_STRING": "token=abcd1234",
        "RAW_URI": "/i/lxbi0Sh4gxUGnjxyJlYvWp?token=abcd1234",
        "SERVER_PROTOCOL": "HTTP/1.1",
    }

    logger.access(answer, request, environ, datetime.timedelta(milliseconds=5))

    said = json.loads(capsys.readouterr().out)
    assert (said["request_id"], said["message"]) == ("req_7", '"GET /i/…" 200')


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("key sk_live_FMsmDR5cbiHtMzVcFi9gXMuF57kkaE8e2jj3bG refused", "key sk_live_… refused"),
        ("Authorization: Bearer abcdefghijkl", "Authorization: Bearer …"),
        ("redis://:s3cret@10.0.0.5:6379/0", "redis://:…@10.0.0.5:6379/0"),
        ("postgres://app:p-w@db/app", "postgres://app:…@db/app"),
        ("GET /v1/x?token=abcd1234&page=2", "GET /v1/x?token=…&page=2"),
        ('{"password": "hunter22", "name": "Ann"}', '{"password": "…", "name": "Ann"}'),
        ("{'client_secret': 'abcdefg'}", "{'client_secret': '…'}"),
        ("GET /i/lxbi0Sh4gxUGnjxyJlYvWp 200", "GET /i/… 200"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_…"),
        ("invoice 7128 of token bucket is late", "invoice 7128 of token bucket is late"),
        ("no secret here: token = None", "no secret here: token = None"),
    ],
)
def test_what_looks_like_a_secret_is_blotted_out(text: str, shown: str) -> None:
    assert redacted(text) == shown
