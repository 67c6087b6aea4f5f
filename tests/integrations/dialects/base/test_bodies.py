"""Reading JSON: what is refused, and that digits survive both ways."""

import io
from decimal import Decimal

import pytest
from django.test import RequestFactory

from core.errors import Kind
from integrations.dialects.base.bodies import (
    BodyTooLarge,
    InvalidJson,
    UnsupportedMediaType,
    parse_object,
    read_object,
    render,
)

REFUSED = {
    "not JSON": b"{",
    "two values": b"{} {}",
    "top-level array": b"[]",
    "top-level text": b'"x"',
    "top-level null": b"null",
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": Infinity}',
    "minus Infinity": b'{"a": -Infinity}',
    "huge exponent": b'{"a": 1e400}',
    "tiny exponent": b'{"a": 1e-400}',
    "absurd exponent": b'{"a": 1E1000000}',
    "21 digits": b'{"a": 123456789012345678901}',
    "5,000 digits": b'{"a": ' + b"9" * 5000 + b"}",
    "21 decimals": b'{"a": 0.123456789012345678901}',
    "duplicate keys": b'{"a": 1, "a": 2}',
    "nested duplicate keys": b'{"a": [{"b": 1, "b": 1}]}',
    "NUL": b'{"a": "x\\u0000y"}',
    "NUL in a key": b'{"x\\u0000": 1}',
    "lone surrogate": b'{"a": "\\ud800"}',
    "65 levels": b'{"a":' * 64 + b"[]" + b"}" * 64,
    "10,000 levels": b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "not UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "single quotes": b"{'a': 1}",
    "trailing comma": b'{"a": 1,}',
    "comment": b"{} // x",
}


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED.keys())
def test_refused(raw: bytes) -> None:
    with pytest.raises(InvalidJson) as caught:
        parse_object(raw)
    assert caught.value.kind is Kind.MALFORMED


def test_a_refused_text_names_its_place() -> None:
    with pytest.raises(InvalidJson) as caught:
        parse_object(b'{"lines": [{"name": "ok"}, {"name": "a\\u0000"}]}')
    assert caught.value.param == "lines.1.name"


def test_64_levels_are_accepted() -> None:
    assert parse_object(b'{"a":' * 63 + b"[]" + b"}" * 63)


@pytest.mark.parametrize(
    "digits", ["99999999999999.99", "0.000001", "7128.00", "1.10", "-0.125", "1E+5"]
)
def test_numbers_keep_their_digits_both_ways(digits: str) -> None:
    value = parse_object(b'{"a": %b}' % digits.encode())["a"]
    assert value == Decimal(digits)
    assert render({"a": value}) == b'{"a":%b}' % digits.encode()


def test_emoji_and_controls_that_text_may_hold_pass() -> None:
    assert parse_object('{"a": "😀\\n\\u202e"}'.encode()) == {"a": "😀\n\u202e"}


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "application/json; charset=utf-16",
        "application/json; charset=bogus",
        "",
    ],
)
def test_other_media_types_are_refused(media_type: str) -> None:
    request = RequestFactory().generic("POST", "/", b"{}", content_type=media_type)
    with pytest.raises(UnsupportedMediaType):
        read_object(request)


def test_a_compressed_body_is_refused() -> None:
    request = RequestFactory().generic(
        "POST", "/", b"{}", "application/json", headers={"Content-Encoding": "gzip"}
    )
    with pytest.raises(UnsupportedMediaType):
        read_object(request)


def test_utf_8_may_be_named() -> None:
    request = RequestFactory().generic("POST", "/", b"{}", "application/json; charset=UTF-8")
    assert read_object(request) == {}


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert parse_object(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_an_empty_body_is_an_empty_object() -> None:
    assert read_object(RequestFactory().generic("POST", "/", b"", "")) == {}


def test_a_body_over_the_limit_is_refused() -> None:
    request = RequestFactory().generic("POST", "/", b" " * 1_048_577, "application/json")
    with pytest.raises(BodyTooLarge):
        read_object(request)


def test_a_chunked_body_is_read_where_the_server_ends_it() -> None:
    request = RequestFactory().generic(
        "POST", "/", b'{"a": 1}', "application/json", headers={"Transfer-Encoding": "chunked"}
    )
    request.META |= {"wsgi.input_terminated": True, "wsgi.input": io.BytesIO(b'{"a": 1}')}
    del request.META["CONTENT_LENGTH"]
    assert read_object(request) == {"a": 1}


def test_a_chunked_body_is_refused_where_nobody_ends_it() -> None:
    request = RequestFactory().generic(
        "POST", "/", b"{}", "application/json", headers={"Transfer-Encoding": "chunked"}
    )
    with pytest.raises(InvalidJson):
        read_object(request)
