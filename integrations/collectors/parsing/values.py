"""Single values of structured invoices, and what could not be made out of them."""

import datetime
import re
from contextlib import suppress
from decimal import Decimal
from xml.etree.ElementTree import Element

from integrations.collectors.parsing.figures import Finding
from integrations.collectors.parsing.tree import text

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,24}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[T+Z-].*)?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")
MOST_NAME = 300
MOST_WORD = 100


class Values:
    """Reads typed values below one element and remembers the ones that are none."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def word(self, node: Element, path: str, most: int = MOST_WORD) -> str:
        """Text of one line, cut to what can be kept."""
        return printable(text(node, path), most)

    def number(self, node: Element, path: str, name: str = "") -> Decimal | None:
        """An exact number; None where there is none or it is not one."""
        found = text(node, path)
        if not found:
            return None
        if _NUMBER.fullmatch(found):
            return Decimal(found)
        self._unread(name or path, found)
        return None

    def day(self, node: Element, path: str, name: str) -> datetime.date | None:
        """A day as 2026-11-21 or 20261121."""
        found = text(node, path)
        if not found:
            return None
        match = _DAY.fullmatch(found)
        with suppress(ValueError):
            if match:
                return datetime.date(*map(int, match.groups()))
        self._unread(name, found)
        return None

    def currency(self, node: Element, path: str) -> str:
        """An ISO 4217 code."""
        found = text(node, path)
        if found and not _CURRENCY.fullmatch(found):
            self._unread("currency", found)
            return ""
        return found

    def _unread(self, name: str, found: str) -> None:
        if len(self.findings) < 50:
            about = printable(f"{name.rpartition('/')[2]}: {found}", MOST_WORD)
            self.findings.append(Finding(code="value_unread", about=about))


def printable(words: str, most: int) -> str:
    """Without control and other invisible characters, cut to so many."""
    return "".join(char for char in words[: 4 * most] if char.isprintable()).strip()[:most]
