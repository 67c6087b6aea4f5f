"""Charts as plain geometry for SVG templates: integers only, and the figures as text beside."""

from dataclasses import dataclass

WIDTH, HEIGHT = 720, 200
_LEFT, _TOP, _BOTTOM = 4, 10, 26


@dataclass(frozen=True, slots=True)
class Bar:
    """One column with its label and its figure in words."""

    x: int
    y: int
    width: int
    height: int
    label: str
    figure: str
    middle: int
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class BarChart:
    width: int
    height: int
    zero: int
    grid: list[int]
    bars: list[Bar]
    label_y: int


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a stacked bar."""

    x: int
    width: int
    index: int
    label: str
    amount: int


def bar_chart(values: list[int], labels: list[str], figures: list[str]) -> BarChart:
    """Columns for whole numbers, negative ones hanging below the zero line."""
    room = HEIGHT - _TOP - _BOTTOM
    high, low = max([0, *values]), min([0, *values])
    span = (high - low) or 1
    zero = _TOP + room * high // span
    step = (WIDTH - 2 * _LEFT) // max(1, len(values))
    width = step * 6 // 10
    bars = []
    for index, value in enumerate(values):
        # At least a hair, so that a small month is seen beside a large one.
        length = max(1, room * abs(value) // span) if value else 0
        x = _LEFT + index * step + (step - width) // 2
        bars.append(
            Bar(
                x=x,
                y=zero - length if value > 0 else zero,
                width=width,
                height=length,
                label=labels[index],
                figure=figures[index],
                middle=x + width // 2,
                is_last=index == len(values) - 1,
            )
        )
    grid = [_TOP + room * i // 4 for i in range(5)]
    return BarChart(WIDTH, HEIGHT, zero, grid, bars, HEIGHT - 8)


def stacked_bar(amounts: list[int], labels: list[str], width: int = 720) -> list[Slice]:
    """Parts of one bar in proportion, the largest remainder to the last; empty parts left out."""
    total = sum(amounts)
    slices, x, seen = [], 0, 0
    for index, amount in enumerate(amounts):
        seen += amount
        end = width * seen // total if total else 0
        if amount:
            slices.append(Slice(x, max(2, end - x), index, labels[index], amount))
        x = end
    return slices
