"""From the bytes of a document to what it says, by what its bytes are."""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from integrations.collectors.documents import media_type_of
from integrations.collectors.parsing import cii, pdf, pictures, tree, ubl, zugferd1
from integrations.collectors.parsing.checks import checked
from integrations.collectors.parsing.figures import ParsedInvoice, Reading, Unreadable

MOST_LINES = 5_000
_READERS: dict[tuple[str, str], Callable[[Element], ParsedInvoice]] = {
    **dict.fromkeys(ubl.NAMESPACES.items(), ubl.read),
    (cii.NAMESPACE, "CrossIndustryInvoice"): cii.read,
    (zugferd1.NAMESPACE, "CrossIndustryDocument"): zugferd1.read,
}


def read(content: bytes) -> Reading:
    """What a document says, or why it cannot be told."""
    try:
        return Reading(invoice=_invoice(content))
    except Unreadable as why:
        return Reading(problem=why.code, detail=why.detail[:200])


def _invoice(content: bytes) -> ParsedInvoice:
    kind = media_type_of(content)
    if kind == "application/xml":
        return _structured(content)
    if kind == "application/pdf":
        return checked(pdf.read(content, _structured))
    if kind.startswith("image/"):
        pictures.read(content)
    raise Unreadable("unknown_kind")


def _structured(content: bytes) -> ParsedInvoice:
    space, root = tree.parse(content)
    reader = _READERS.get((space, root.tag))
    if reader is None:
        raise Unreadable("unknown_xml", root.tag[:100])
    invoice = checked(reader(root))
    if len(invoice.lines) > MOST_LINES:
        raise Unreadable("xml_too_large", "lines")
    return invoice
