"""Documents that mean harm, made here: none of them may do more than not be read."""

import struct
import zlib
from collections.abc import Callable

from tests.integrations.collectors.einvoices import cii, page, ubl, with_files

_HEAD = b'<?xml version="1.0"?>'
_MEGABYTE = 1_048_576


def _laughs() -> bytes:
    steps = b"".join(
        b'<!ENTITY l%d "%s">' % (step, b"&l%d;" % (step - 1) * 10) for step in range(1, 10)
    )
    return _HEAD + b'<!DOCTYPE Invoice [<!ENTITY l0 "ha">' + steps + b"]><Invoice>&l9;</Invoice>"


def _with_doctype(inside: bytes, body: bytes = b"&x;") -> bytes:
    return _HEAD + b"<!DOCTYPE Invoice " + inside + b"><Invoice>" + body + b"</Invoice>"


def _flate_pdf(content: bytes, *, filters: int = 1) -> bytes:
    """A page whose content stream unpacks to much more."""
    packed = content
    for _ in range(filters):
        packed = zlib.compress(packed, 9)
    names = b" ".join([b"/FlateDecode"] * filters)
    stream = b"<< /Length %d /Filter [%s] >>\nstream\n" % (len(packed), names) + packed
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>",
        stream + b"\nendstream",
    )


def _pdf(*objects: bytes) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % count
        + table
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (count, len(out))
    )


def _object_stream() -> bytes:
    packed = zlib.compress(b"9 0 " + b" " * (64 * _MEGABYTE), 9)
    return _pdf(
        b"<< /Type /Catalog /Pages 9 0 R >>",
        b"<< /Type /ObjStm /N 1 /First 4 /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed)
        + packed
        + b"\nendstream",
    )


def _page_loop() -> bytes:
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 9 >>",
        b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R] /Count 9 >>",
    )


def _loop_of_names() -> bytes:
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 4 0 R >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R >>",
        b"<< /Kids [4 0 R 4 0 R] >>",
    )


def _previous_loop() -> bytes:
    good = page("x")
    return good.replace(b"/Size", b"/Prev %d /Size" % good.rindex(b"xref\n0"))


def _script() -> bytes:
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R >>",
    )


def _form_loop() -> bytes:
    stream = b"/F Do /F Do"
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Resources << /XObject << /F 5 0 R >> >> /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /XObject /Subtype /Form /Resources << /XObject << /F 5 0 R >> >> /Length %d >>"
        b"\nstream\n" % len(stream) + stream + b"\nendstream",
    )


def _huge_png() -> bytes:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + zlib.compress(b"\0" * _MEGABYTE)
    )


def _huge_jpeg() -> bytes:
    return b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03" + b"\0" * 20


# Name -> the document, and the problem that it must come to; empty where it may be read.
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "billion laughs": (_laughs, "document_type"),
    "quadratic entities": (
        lambda: _with_doctype(b'[<!ENTITY x "' + b"a" * _MEGABYTE + b'">]', b"&x;" * 10_000),
        "document_type",
    ),
    "external entity of a file": (
        lambda: _with_doctype(b'[<!ENTITY x SYSTEM "file:///etc/passwd">]'),
        "document_type",
    ),
    "external entity of a network": (
        lambda: _with_doctype(b'[<!ENTITY x SYSTEM "http://169.254.169.254/latest">]'),
        "document_type",
    ),
    "parameter entity": (
        lambda: _with_doctype(b'[<!ENTITY % x SYSTEM "http://127.0.0.1:1/x.dtd"> %x;]', b""),
        "document_type",
    ),
    "external document type": (
        lambda: _with_doctype(b'SYSTEM "http://127.0.0.1:1/x.dtd"', b""),
        "document_type",
    ),
    "inclusion of a file": (
        lambda: ubl(
            more='<x:include xmlns:x="http://www.w3.org/2001/XInclude" parse="text"'
            ' href="file:///etc/passwd"/>'
        ),
        "includes_files",
    ),
    "style sheet": (
        lambda: (
            _HEAD
            + b'<?xml-stylesheet href="http://127.0.0.1:1/x.xsl"?>'
            + ubl().partition(b"?>")[2]
        ),
        "",
    ),
    "schema elsewhere": (
        lambda: ubl().replace(
            b"<Invoice ",
            b'<Invoice xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
            b' i:schemaLocation="x http://127.0.0.1:1/x.xsd" ',
        ),
        "",
    ),
    "100,000 levels": (lambda: _HEAD + b"<a>" * 100_000 + b"</a>" * 100_000, "too_deep"),
    "50,000 attributes": (
        lambda: _HEAD + b"<a " + b" ".join(b'a%d="x"' % n for n in range(50_000)) + b"/>",
        "xml_too_large",
    ),
    "an attribute of 10 MB": (
        lambda: _HEAD + b'<a a="' + b"x" * (10 * _MEGABYTE) + b'"/>',
        "xml_too_large",
    ),
    "text of 14 MB": (
        lambda: ubl(more="<x>" + "y" * (14 * _MEGABYTE) + "</x>"),
        "xml_too_large",
    ),
    "text of 20 MB": (
        lambda: ubl(more="<x>" + "y" * (20 * _MEGABYTE) + "</x>"),
        "xml_too_large",
    ),
    "a million elements": (lambda: ubl(more="<x/>" * 1_000_000), "xml_too_large"),
    "a name of 1 MB": (lambda: _HEAD + b"<" + b"n" * _MEGABYTE + b"/>", "unknown_xml"),
    "an enclosed file of 12 MB": (
        lambda: ubl(
            more="<EmbeddedDocumentBinaryObject>"
            + "QUJD" * (3 * _MEGABYTE)
            + "</EmbeddedDocumentBinaryObject>"
        ),
        "",
    ),
    "a number of a million digits": (lambda: ubl(gross="9" * 1_000_000), ""),
    "an exponent": (lambda: ubl(gross="1e999999999"), ""),
    "an unknown encoding": (
        lambda: b'<?xml version="1.0" encoding="base64"?><Invoice/>',
        "not_xml",
    ),
    "flate bomb": (lambda: _flate_pdf(b" " * (200 * _MEGABYTE)), ""),
    "flate bomb in a flate bomb": (lambda: _flate_pdf(b" " * (100 * _MEGABYTE), filters=3), ""),
    "200 filters": (lambda: _flate_pdf(b"x", filters=200), ""),
    "object stream bomb": (_object_stream, ""),
    "loop of pages": (_page_loop, ""),
    "loop of names of files": (_loop_of_names, ""),
    "loop of forms": (_form_loop, ""),
    "loop of cross references": (_previous_loop, ""),
    "a million parentheses": (
        lambda: _pdf(b"[" * 1_000_000, b"<<" * 100_000),
        "",
    ),
    "JavaScript": (_script, "no_text"),
    "e-invoice bomb inside": (
        lambda: with_files(page("x"), factur_x__xml=_laughs()),
        "no_figures",
    ),
    "names that are paths": (
        lambda: with_files(page("Total 130.90"), **{"../../etc/cron.d/factur_x__xml": cii()}),
        "",
    ),
    "PDF and page at once": (
        lambda: page("x") + b"<html><script>alert(1)</script></html>",
        "no_figures",
    ),
    "PDF and archive at once": (lambda: page("x") + b"PK\x03\x04" + b"\0" * 200, "no_figures"),
    "page": (lambda: b"<html><script>alert(1)</script></html>", "unknown_kind"),
    "drawing with a script": (lambda: _HEAD + b"<svg onload='alert(1)'/>", "unknown_xml"),
    "archive": (lambda: b"PK\x03\x04" + b"\0" * 1_000, "unknown_kind"),
    "PNG of 60,000 by 60,000": (_huge_png, "picture_too_large"),
    "JPEG of 65,535 by 65,535": (_huge_jpeg, "picture_too_large"),
    "JPEG of endless padding": (lambda: b"\xff\xd8" + b"\xff" * _MEGABYTE, "picture_broken"),
    "nothing": (lambda: b"", "unknown_kind"),
    "25 MB of noise": (lambda: b"%PDF-1.7" + bytes(range(256)) * 97_656, ""),
}
