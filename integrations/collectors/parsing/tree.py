"""XML of strangers as a tree of elements without namespaces: bounded, and nothing is fetched.

A document type, an inclusion, too deep, too many or too large: each is refused while it is
read. Expat resolves no entity of its own accord, and without a document type there is none.
"""

import xml.parsers.expat
from collections.abc import Iterator
from xml.etree.ElementTree import Element, TreeBuilder

from integrations.collectors.parsing.figures import Unreadable

MOST_BYTES = 15 * 1_048_576
MOST_DEPTH = 100
MOST_NODES = 150_000
MOST_ATTRIBUTES = 50
MOST_TEXT = 4 * 1_048_576
_INCLUDE = "http://www.w3.org/2001/XInclude"
# Files inside of the invoice: read over, they are not ours to open.
_ENCLOSED = frozenset({"EmbeddedDocumentBinaryObject", "AttachmentBinaryObject"})


def parse(content: bytes) -> tuple[str, Element]:
    """The namespace of the root, and the root. Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable("xml_too_large", "bytes")
    builder = _Builder()
    parser = xml.parsers.expat.ParserCreate(namespace_separator="\n")
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        # At once: in pieces, a long token would be looked at again with every piece.
        parser.Parse(content, True)
    except xml.parsers.expat.ExpatError as error:
        raise Unreadable("not_xml", f"line {error.lineno}") from None
    except (ValueError, LookupError):
        # An encoding that nobody knows, or that is no encoding of XML.
        raise Unreadable("not_xml", "encoding") from None
    return builder.space, builder.close()


def text(node: Element, path: str) -> str:
    """The text of the first element at the path, in one line; empty where there is none."""
    return " ".join((node.findtext(path) or "").split())


def nodes(node: Element, path: str) -> Iterator[Element]:
    """All elements at the path."""
    return iter(node.findall(path))


class _Builder:
    def __init__(self) -> None:
        self.space = ""
        self._tree = TreeBuilder()
        self._depth = self._nodes = self._text = 0
        self._skips = False

    def start(self, name: str, attributes: list[str]) -> None:
        space, _, local = name.rpartition("\n")
        self._depth, self._nodes = self._depth + 1, self._nodes + 1
        if self._nodes == 1:
            self.space = space
        if space == _INCLUDE:
            raise Unreadable("includes_files")
        if self._depth > MOST_DEPTH:
            raise Unreadable("too_deep")
        if self._nodes > MOST_NODES or len(attributes) > 2 * MOST_ATTRIBUTES:
            raise Unreadable("xml_too_large", "elements")
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        held = {key.rpartition("\n")[2]: value for key, value in pairs}
        self._count(sum(len(value) for value in held.values()))
        self._skips = local in _ENCLOSED
        self._tree.start(local, held)

    def end(self, name: str) -> None:
        self._depth -= 1
        self._skips = False
        self._tree.end(name.rpartition("\n")[2])

    def data(self, words: str) -> None:
        if not self._skips:
            self._count(len(words))
            self._tree.data(words)

    def close(self) -> Element:
        return self._tree.close()

    def _count(self, characters: int) -> None:
        self._text += characters
        if self._text > MOST_TEXT:
            raise Unreadable("xml_too_large", "text")


def _refuse_document_type(*_: object) -> None:
    raise Unreadable("document_type")
