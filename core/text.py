"""User text as we keep it: composed, printable, without the controls that fool a reader.

One module for every way in, so that a name is the same name on each of them.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from core.errors import InvalidValue

# Direction controls reorder what a person reads ("exe.fdp" as "pdf.exe"); zero-width
# spaces and the byte-order mark hide in names. Joiners (U+200C, U+200D) stay: words of
# Persian and Hindi need them, and so do emoji.
_INVISIBLE = dict.fromkeys(
    [0x061C, 0x200B, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_WHITE = re.compile(r"[\s\u2028\u2029]+")
_NEWLINES = re.compile("\r\n|\r|\u2028|\u2029|\x85")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_is_email = EmailValidator()
MAX_TEXT = 10_000
MAX_EMAIL = 254


def clean_line(value: object, *, param: str, max_length: int, required: bool = False) -> str:
    """One line of text: NFC, no controls, white space collapsed. Raises InvalidValue.

    `max_length` counts the characters that are kept.
    """
    text = _plain_text(value, param)
    text = _CONTROLS.sub("", _WHITE.sub(" ", text)).strip()
    return _sized(unicodedata.normalize("NFC", text), param, max_length, required)


def clean_text(
    value: object, *, param: str, max_length: int = MAX_TEXT, required: bool = False
) -> str:
    """Text of several lines: NFC, line ends as \\n, tabs kept. Raises InvalidValue."""
    text = _NEWLINES.sub("\n", _plain_text(value, param))
    text = _CONTROLS.sub("", text).strip()
    return _sized(unicodedata.normalize("NFC", text), param, max_length, required)


def clean_email(value: object, *, param: str, required: bool = False) -> str:
    """Exactly one mail address, or empty. Raises InvalidValue.

    A list, a group, a display name or a line break in it would reach other people.
    """
    text = _plain_text(value, param).strip()
    if not text and not required:
        return ""
    try:
        _is_email(text)
    except ValidationError:
        raise InvalidValue(f"'{text[:100]}' is not an e-mail address.", param=param) from None
    if len(text) > MAX_EMAIL:
        raise InvalidValue(f"At most {MAX_EMAIL} characters.", param=param)
    return text


def _plain_text(value: object, param: str) -> str:
    if not isinstance(value, str):
        raise InvalidValue("This must be text.", param=param)
    if _SURROGATES.search(value):
        raise InvalidValue("This text is not valid Unicode.", param=param)
    return value.translate(_INVISIBLE)


def _sized(text: str, param: str, max_length: int, required: bool) -> str:
    if required and not text:
        raise InvalidValue("This must not be empty.", param=param)
    if len(text) > max_length:
        raise InvalidValue(f"At most {max_length} characters.", param=param)
    return text
