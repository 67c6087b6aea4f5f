"""Pictures are kept, not read: this only tells how large one would be when opened."""

import struct

from integrations.collectors.parsing.figures import Unreadable

MOST_PIXELS = 100_000_000
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})


def read(content: bytes) -> None:
    """Always raises Unreadable: no text is read from pictures."""
    size = _png(content) if content.startswith(b"\x89PNG") else _jpeg(content)
    if size is None:
        raise Unreadable("picture_broken")
    if size[0] * size[1] > MOST_PIXELS:
        raise Unreadable("picture_too_large", f"{size[0]} x {size[1]}")
    raise Unreadable("picture", f"{size[0]} x {size[1]}")


def _png(content: bytes) -> tuple[int, int] | None:
    if content[12:16] != b"IHDR" or len(content) < 24:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg(content: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        if marker == 0xFF:
            place += 1
            continue
        place += 2 + max(2, int.from_bytes(content[place + 2 : place + 4], "big"))
    return None
