"""Documents are told by how they begin."""

import pytest

from integrations.collectors.documents import media_type_of


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7 x", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Invoice/>', "application/xml"),
        (b'<ubl:Invoice xmlns:ubl="urn:x">', "application/xml"),
        (b"\n<rsm:CrossIndustryInvoice>", "application/xml"),
        (b"<CreditNote>", "application/xml"),
        (b"<InvoiceList>", ""),
        (b"<!DOCTYPE html><html>", ""),
        (b"PK\x03\x04", ""),
        (b"MZ", ""),
        (b"", ""),
    ],
)
def test_media_type(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type
