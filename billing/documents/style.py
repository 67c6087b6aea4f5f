"""What makes one template look different from another, besides its letterhead."""

from dataclasses import dataclass

from billing.documents.fonts import Family


@dataclass(frozen=True, slots=True)
class Style:
    """Sizes and distances in points.

    head: how the line table begins: `line` (a coloured rule), `rules` (a rule above and
    below), `bar` (a filled bar). due: how the last sum is shown: `fill`, `double`, `line`.
    panel: what the payment details stand in: `tint`, `open`, `frame`.
    """

    family: Family
    size: float
    leading: float
    small: float
    small_leading: float
    left: float
    right: float
    bottom: float
    row_padding: float
    head: str
    has_row_rules: bool
    has_stripes: bool
    due: str
    panel: str
    code_size: float
    gap: float
