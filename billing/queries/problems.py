"""One figure in the database that does not agree with the others, in a sentence."""

from dataclasses import dataclass

from core.money import from_minor


@dataclass(frozen=True, slots=True)
class Problem:
    """Names the row to look at: its table, its id and the number people know it by."""

    table: str
    row_id: object
    label: str
    finding: str

    def __str__(self) -> str:
        label = f" ({self.label})" if self.label else ""
        return f"{self.table} {self.row_id}{label}: {self.finding}"


def differs(
    table: str,
    row_id: object,
    label: str | None,
    figure: str,
    currency: str,
    *,
    found: int,
    expected: int,
    source: str,
) -> Problem:
    """`figure` is `found`, but `source` says `expected`; both in minor units of the currency."""
    return Problem(
        table,
        row_id,
        label or "",
        f"{figure} is {from_minor(found, currency)} {currency}, but {source}"
        f" {from_minor(expected, currency)} {currency}.",
    )
