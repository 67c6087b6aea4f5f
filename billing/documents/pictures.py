"""The logo: read from our own storage only, made small and opaque, kept for the process."""

import base64
import io
import warnings
from functools import lru_cache

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from PIL import Image, UnidentifiedImageError

_MOST_BYTES = 5_000_000
_MOST_PIXELS = 16_000_000
_SIDE = 640
_UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    SuspiciousFileOperation,
    UnidentifiedImageError,
    Image.DecompressionBombError,
)


def logo_png(name: str) -> bytes | None:
    """The logo as an opaque RGB PNG of at most 640 pixels a side, or None if there is none.

    `name` is the file's name in the storage; a stored file never changes under its name.
    """
    return _load(name) if name else None


def logo_data_address(name: str) -> str:
    """The logo as a data: address for a page; empty if there is none."""
    png = logo_png(name)
    return f"data:image/png;base64,{base64.b64encode(png).decode()}" if png else ""


def uploaded_logo(raw: bytes) -> bytes | None:
    """The same of a file that is not stored yet; None for what is no picture."""
    try:
        return _flattened(raw) if len(raw) <= _MOST_BYTES else None
    except _UNREADABLE:
        return None


@lru_cache(maxsize=32)
def _load(name: str) -> bytes | None:
    try:
        with default_storage.open(name, "rb") as file:
            raw = file.read(_MOST_BYTES + 1)
        return None if len(raw) > _MOST_BYTES else _flattened(raw)
    except _UNREADABLE:
        # A document without its logo is better than no document.
        return None


def _flattened(raw: bytes) -> bytes | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        picture = Image.open(io.BytesIO(raw), formats=["PNG", "JPEG", "GIF", "WEBP"])
    if picture.width * picture.height > _MOST_PIXELS:
        return None
    coloured = picture.convert("RGBA")
    coloured.thumbnail((_SIDE, _SIDE))
    sheet = Image.new("RGB", coloured.size, (255, 255, 255))
    sheet.paste(coloured, mask=coloured.getchannel("A"))
    target = io.BytesIO()
    sheet.save(target, format="PNG", optimize=False)
    return target.getvalue()
