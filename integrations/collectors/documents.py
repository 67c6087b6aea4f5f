"""What kind of document some bytes are: told by how they begin, never by what they claim."""

import re

_STARTS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"<?xml", "application/xml"),
)
# E-invoices often come without the declaration that other XML begins with.
_INVOICE = re.compile(rb"<([A-Za-z_][\w.-]*:)?(Invoice|CreditNote|CrossIndustryInvoice)[\s>/]")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def media_type_of(content: bytes) -> str:
    """PDF, PNG, JPEG or XML; empty for anything else, archives among it."""
    start = content[:64].removeprefix(_BYTE_ORDER_MARK).lstrip()
    if _INVOICE.match(start):
        return "application/xml"
    return next((kind for mark, kind in _STARTS if start.startswith(mark)), "")
