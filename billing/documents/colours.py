"""Colours: the organization's accent, made readable. Channels run from 0 to 1, RGB only."""

import re
from dataclasses import dataclass

Colour = tuple[float, float, float]

INK: Colour = (0.09, 0.11, 0.15)
SOFT: Colour = (0.36, 0.40, 0.46)
FAINT: Colour = (0.55, 0.58, 0.63)
RULE: Colour = (0.86, 0.88, 0.90)
TINT: Colour = (0.965, 0.97, 0.976)
WHITE: Colour = (1, 1, 1)
GREEN: Colour = (0.08, 0.47, 0.27)
RED: Colour = (0.73, 0.11, 0.11)
AMBER: Colour = (0.60, 0.34, 0.02)
_DEFAULT = "#1d4ed8"
_READABLE = 4.5  # WCAG 2.2, contrast of normal text


@dataclass(frozen=True, slots=True)
class Palette:
    """fill: the accent as chosen; on_fill: readable on it; text: readable on the tint."""

    fill: Colour
    text: Colour
    on_fill: Colour
    tint: Colour


def palette(accent: str) -> Palette:
    """The colours that follow from one accent, `#rrggbb`. Anything else is our blue."""
    fill = parse(accent)
    text, tint = fill, mix(fill, WHITE, 0.93)
    while contrast(text, tint) < _READABLE:
        text = mix(text, (0, 0, 0), 0.08)
    on_fill = max((WHITE, INK), key=lambda ink: (contrast(fill, ink) >= _READABLE, ink == WHITE))
    return Palette(fill, text, on_fill, tint)


def readable_on(colour: Colour, ground: Colour) -> Colour:
    """The colour, lightened until it can be read on a dark ground."""
    while contrast(colour, ground) < _READABLE:
        colour = mix(colour, WHITE, 0.08)
    return colour


def parse(colour: str) -> Colour:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        colour = _DEFAULT
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def spell(colour: Colour) -> str:
    """As CSS writes it: #1d4ed8."""
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in colour)


def mix(colour: Colour, other: Colour, share: float) -> Colour:
    """`share` of the other colour, 0 to 1."""
    red, green, blue = (a + (b - a) * share for a, b in zip(colour, other, strict=True))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """The WCAG contrast ratio, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
