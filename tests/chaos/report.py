"""Saying what a campaign found, in figures first and then promise by promise."""

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO

from tests.chaos.interruptions import Interrupted
from tests.chaos.site import Site


@contextmanager
def ending(site: Site) -> Iterator[None]:
    """Whatever happens inside, nothing of the site runs afterwards.

    Whoever interrupts is told what was counted up to then.
    """
    try:
        yield
    except Interrupted as one:
        one.held = _conclude_early(site)
        raise
    finally:
        site.stop()


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
    print(f"quiet {settled:.0f} s after the last answer")
    return _judge(site, seconds=seconds, own=own, but=but)


def _conclude_early(site: Site) -> bool:
    """The same in the middle of the work, but for what only holds when all of it is done."""
    from tests.chaos.verdict import AT_THE_END

    seconds = site.freeze()
    return _judge(site, seconds=seconds, own={}, but=AT_THE_END)


def _judge(site: Site, *, seconds: float, own: dict[str, list[str]], but: Sequence[str]) -> bool:
    from django.core.management import CommandError, call_command

    from tests.chaos.verdict import judge

    journal = site.journal
    print(f"{len(journal.answers)} requests done in {seconds:.0f} s, {journal.retries} retries")
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
