"""The hosts' clock jumps, forth and back, while PostgreSQL's and ours stand by the true time."""

import datetime
from pathlib import Path

from tests.chaos.report import conclude
from tests.chaos.services import Missing
from tests.chaos.site import Load, Site, build

LIBRARIES = "*/faketime/libfaketimeMT.so.1"
HOUR, DAY = 3_600, 86_400


def trial() -> bool:
    """The clock jumps by an hour, a day, into next year and back: nothing is lost or stuck."""
    found = sorted(Path("/usr/lib").glob(LIBRARIES))
    if not found:
        raise Missing("libfaketime is not installed (apt install libfaketime)")
    site = build()
    from tests.chaos import scene

    offset = site.folder / "offset"
    _set(offset, 0)
    # Timers count by the monotonic clock, which no jump of the other moves.
    extra = {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_RESET": "1",
    }
    jumps = _jumps()
    try:
        site.start(extra=extra)
        load = Load(site, pace=0.02)
        for number, (name, seconds) in enumerate(jumps.items(), 1):
            if load.until(number / (len(jumps) + 1)):
                _set(offset, seconds)
                print(f"jump: {name}", flush=True)
        took = load.join()
        settled = scene.wait_until_quiet(site.stage)
        own = {
            "numbers of another year than their day's": _wrong_years(site),
            "jumps that came too late": [] if load.creates > len(jumps) * 20 else ["-"],
        }
        return conclude(site, seconds=took, settled=settled, own=own)
    finally:
        site.stop()


def _jumps() -> dict[str, int]:
    """What each jump is called, and how far from the true time it leads."""
    now = datetime.datetime.now(datetime.UTC)
    next_year = datetime.datetime(now.year + 1, 1, 1, 0, 0, 5, tzinfo=datetime.UTC)
    return {
        "an hour on": HOUR,
        "an hour back, to the true time": 0,
        "an hour before the true time": -HOUR,
        "a day on": DAY,
        "a day before the true time": -DAY,
        "ten minutes back from there": -DAY - 600,
        "into next year": int((next_year - now).total_seconds()),
        "back to the true time": 0,
    }


def _set(offset: Path, seconds: int) -> None:
    # In one step: a process that reads half a file would take it for an instant.
    fresh = offset.with_suffix(".new")
    fresh.write_text(f"{seconds:+d}s\n")
    fresh.rename(offset)


def _wrong_years(site: Site) -> list[str]:
    from tests.chaos.verdict import rows

    found = rows(
        "select r.number, r.period, i.issue_date from billing_numberregister r"
        " join billing_invoice i on i.organization_id = r.organization_id and i.number = r.number"
        " where r.organization_id = %s and r.period <> ''"
        " and left(r.period, 4) <> extract(year from i.issue_date)::text",
        site.stage.organization_id,
    )
    return [str(row) for row in found]
