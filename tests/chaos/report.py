"""Saying what a campaign found, in figures first and then promise by promise."""

import statistics
from collections.abc import Sequence
from io import StringIO

from tests.chaos.site import Site


def conclude(
    site: Site,
    *,
    seconds: float,
    settled: float,
    own: dict[str, list[str]],
    but: Sequence[str] = (),
) -> bool:
    """Judge and print; whether all promises held.

    `own` are the campaign's checks beside those that every campaign has; `but` is how those
    begin that do not hold by its very design.
    """
    from django.core.management import CommandError, call_command

    from tests.chaos.verdict import judge

    journal = site.journal
    print(f"{len(journal.answers)} requests done in {seconds:.0f} s, {journal.retries} retries")
    print(f"quiet {settled:.0f} s after the last answer")
    print(
        f"{len(site.receiver.seen)} events delivered,"
        f" {site.receiver.repeats} deliveries repeated (same id)"
    )
    judged = judge(site).items()
    broken = {name: rows for name, rows in judged if not name.startswith(tuple(but))} | own
    for name, rows in broken.items():
        print(f"  {len(rows):6d}  {name}" + (f", such as {rows[0]}" if rows else ""))
    books = StringIO()
    try:
        call_command("verify_ledger", stdout=books)
    except CommandError as error:
        broken["books"] = [str(error)]
    print(books.getvalue().strip())
    held = not any(broken.values())
    if not held:
        print(f"logs in {site.folder}")
    return held


def percentile(values: Sequence[float], percent: int) -> float:
    """0 where there is nothing to measure."""
    if len(values) < 2:
        return max(values, default=0.0)
    return statistics.quantiles(values, n=100)[percent - 1]
