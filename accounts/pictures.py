"""Pictures that strangers send: opened with care, or refused."""

import io
import warnings
from collections.abc import Sequence

from PIL import Image, UnidentifiedImageError

from core.errors import DomainError

MOST_PIXELS = 16_000_000
# Whatever Pillow raises for bytes that are no picture of the formats asked for.
_UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class PictureRefused(DomainError):
    code = "picture_refused"
    message = "The picture cannot be kept: {reason}."
    default_param = "file"


def check_picture(content: bytes, formats: Sequence[str]) -> None:
    """A whole picture of one of these formats, small enough to open. Raises PictureRefused."""
    try:
        picture = _opened(content, formats)
        picture.verify()
    except _UNREADABLE:
        raise PictureRefused(reason="it is not the picture that its name says") from None


def as_png(content: bytes, formats: Sequence[str], *, side: int) -> bytes:
    """The picture drawn anew, at most `side` pixels wide and high: only its pixels survive.

    Raises PictureRefused.
    """
    check_picture(content, formats)
    try:
        # verify() leaves nothing to read from, so it is opened once more.
        picture = _opened(content, formats).convert("RGBA")
        picture.thumbnail((side, side))
        target = io.BytesIO()
        picture.save(target, format="PNG")
    except _UNREADABLE:
        raise PictureRefused(reason="it is damaged") from None
    return target.getvalue()


def _opened(content: bytes, formats: Sequence[str]) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        picture = Image.open(io.BytesIO(content), formats=list(formats))
    if picture.width * picture.height > MOST_PIXELS:
        raise PictureRefused(reason=f"it has more than {MOST_PIXELS:,} pixels")
    return picture
