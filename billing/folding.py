"""Text as a search compares it: without case, accents and spelling variants of one letter.

SQLite calls `fold` as the SQL function search_fold. PostgreSQL has a search_fold of its own,
made by billing.searchtables; the tests hold the two against each other.
"""

import unicodedata

SQL_FUNCTION = "search_fold"
# Letters that no decomposition takes apart, and the other sigma.
PLAIN = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ħ": "h", "ŧ": "t", "ς": "σ"}
SPELLED_OUT = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}

_MARKS = dict.fromkeys(range(0x300, 0x370))
_LETTERS = str.maketrans({**PLAIN, **SPELLED_OUT})


def fold(text: str) -> str:
    """`Straße` and `STRASSE` become one text, and so do `Café` and `cafe`."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKD", text).translate(_MARKS).lower().translate(_LETTERS)


def fold_or_null(text: str | None) -> str | None:
    """As SQL would: nothing of nothing."""
    return None if text is None else fold(text)
