"""Text made ready to be drawn: cleaned, Arabic joined, broken into lines, put in visual order.

User text is only ever text. Nothing here knows a markup language, so `<b>`, `{{x}}` and
`%(y)s` are drawn as the signs that they are.
"""

import re
import unicodedata
from functools import lru_cache

from bidi.algorithm import get_display

from billing.documents.fonts import width_of

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]")
_ELLIPSIS = "…"
_TATWEEL = "\u0640"
# Keeps two letters apart (Persian). It has done its work once the shapes are chosen.
_NON_JOINER = "\u200c"


def clean(text: str) -> str:
    """One line of plain text: no control or invisible format signs, single spaces, NFC."""
    if text.isascii() and text.isprintable():
        return text.strip()
    normal = unicodedata.normalize("NFC", text)
    return " ".join("".join(map(_visible, normal)).split(" ")).strip()


def wrap(text: str, font: str, size: float, width: float, most: int | None = None) -> list[str]:
    """Lines that fit the width, in reading order. Line breaks in the text are kept.

    A word longer than a line is cut. With `most`, what does not fit ends in an ellipsis.
    """
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        lines += _wrap_paragraph(join_arabic(clean(paragraph)), font, size, width)
        if most is not None and len(lines) > most:
            last = fit(f"{lines[most - 1]}{_ELLIPSIS}", font, size, width)
            return [*lines[: most - 1], last]
    return lines


def fit(text: str, font: str, size: float, width: float) -> str:
    """The text, cut with an ellipsis if it is wider."""
    if width_of(text, font, size) <= width:
        return text
    least, most = 0, len(text)
    while least < most:
        middle = (least + most + 1) // 2
        if width_of(text[:middle].rstrip() + _ELLIPSIS, font, size) <= width:
            least = middle
        else:
            most = middle - 1
    return text[:least].rstrip(f" {_ELLIPSIS}") + _ELLIPSIS


def reads_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction goes from right to left."""
    for sign in text:
        direction = unicodedata.bidirectional(sign)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def has_right_to_left(text: str) -> bool:
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def visual(text: str) -> str:
    """The signs from left to right as they stand on paper."""
    base = "R" if reads_right_to_left(text) else "L"
    return str(get_display(text, base_dir=base))


def join_arabic(text: str) -> str:
    """Arabic letters in the shape that their neighbours ask for (Unicode presentation forms)."""
    if text.isascii():
        return text
    if not _ARABIC.search(text):
        return text.replace(_NON_JOINER, "")
    shapes = _arabic_shapes()
    joined: list[str] = []
    letters = list(text)
    for index, letter in enumerate(letters):
        forms = shapes.get(letter)
        if forms is None:
            joined.append(letter)
            continue
        before, after = _neighbour(letters, index, -1), _neighbour(letters, index, 1)
        joins_before = _reaches_forward(before, shapes) and ("final" in forms)
        joins_after = _reaches_forward(letter, shapes) and _reaches_back(after, shapes)
        joined.append(_shape(letter, forms, joins_before, joins_after))
    return _with_ligatures("".join(joined)).replace(_NON_JOINER, "")


def _wrap_paragraph(text: str, font: str, size: float, width: float) -> list[str]:
    if width_of(text, font, size) <= width:
        return [text]
    lines: list[str] = []
    line, room = "", width
    # A space between Hebrew or Arabic words is drawn in their font, where it is wider.
    space = width_of("\u05d0 \u05d0", font, size) - width_of("\u05d0\u05d0", font, size)
    if not has_right_to_left(text):
        space = width_of(" ", font, size)
    for word in text.split(" "):
        needed = width_of(word, font, size)
        if line and needed + space <= room:
            line, room = f"{line} {word}", room - needed - space
            continue
        if line:
            lines.append(line)
        while needed > width:
            head = _head_that_fits(word, font, size, width)
            lines.append(word[:head])
            word = word[head:]
            needed = width_of(word, font, size)
        line, room = word, width - needed
    return [*lines, line] if line else lines


def _head_that_fits(word: str, font: str, size: float, width: float) -> int:
    least, most = 1, len(word)
    while least < most:
        middle = (least + most + 1) // 2
        if width_of(word[:middle], font, size) <= width:
            least = middle
        else:
            most = middle - 1
    return least


def _visible(sign: str) -> str:
    if sign == _NON_JOINER:
        return sign
    category = unicodedata.category(sign)
    if category in ("Cc", "Zs", "Zl", "Zp"):
        # Spaces that keep figures together stay; every other white space becomes one.
        return sign if sign in "\u00a0\u202f" else " "
    if category in ("Cf", "Cs", "Co", "Cn") or "\ufe00" <= sign <= "\ufe0f":
        return ""
    return sign


@lru_cache(maxsize=1)
def _arabic_shapes() -> dict[str, dict[str, str]]:
    """Letter -> {isolated, initial, medial, final -> presentation form}, from Unicode itself."""
    shapes: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFBFF), *range(0xFE80, 0xFEF5)):
        kind, _, letters = unicodedata.decomposition(chr(code)).partition(" ")
        if len(letters) == 4:
            letter = chr(int(letters, 16))
            shapes.setdefault(letter, {}).setdefault(kind.strip("<>"), chr(code))
    return shapes


def _with_ligatures(text: str) -> str:
    """Lam and alef are always written as one sign."""
    for isolated, pairs in _LAM_ALEF.items():
        final = chr(ord(isolated) + 1)
        alef_final = pairs
        text = text.replace("\ufedf" + alef_final, isolated).replace("\ufee0" + alef_final, final)
    return text


# Ligature (isolated) -> the final form of its alef: madda, hamza above, hamza below, bare.
_LAM_ALEF = {"\ufef5": "\ufe82", "\ufef7": "\ufe84", "\ufef9": "\ufe88", "\ufefb": "\ufe8e"}


def _neighbour(letters: list[str], index: int, step: int) -> str:
    index += step
    while 0 <= index < len(letters):
        # Vowel signs stand above and below; they do not come between letters.
        if unicodedata.category(letters[index]) != "Mn":
            return letters[index]
        index += step
    return ""


def _reaches_forward(letter: str, shapes: dict[str, dict[str, str]]) -> bool:
    return letter == _TATWEEL or "initial" in shapes.get(letter, {})


def _reaches_back(letter: str, shapes: dict[str, dict[str, str]]) -> bool:
    return letter == _TATWEEL or "final" in shapes.get(letter, {})


def _shape(letter: str, forms: dict[str, str], joins_before: bool, joins_after: bool) -> str:
    kind = {
        (False, False): "isolated",
        (False, True): "initial",
        (True, False): "final",
        (True, True): "medial",
    }[joins_before, joins_after]
    return forms.get(kind, letter)
