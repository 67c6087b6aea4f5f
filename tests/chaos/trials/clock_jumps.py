"""The hosts' clock jumps, forth and back, while PostgreSQL's and ours stand by the true time."""

import datetime

from tests.chaos.report import conclude, ending
from tests.chaos.site import Load, Site, build
from tests.chaos.wall_clock import WallClock

HOUR, DAY = 3_600, 86_400


def trial() -> bool:
    """The clock jumps by an hour, a day, into next year and back: nothing is lost or stuck."""
    site = build()
    from tests.chaos import scene

    clock, jumps = WallClock(site.folder), _jumps()
    with ending(site):
        site.start(extra=clock.environment)
        load = Load(site, pace=0.02)
        for number, (name, seconds) in enumerate(jumps.items(), 1):
            if load.until(number / (len(jumps) + 1)):
                clock.set(seconds)
                print(f"jump: {name}", flush=True)
        took = load.join()
        settled = scene.wait_until_quiet(site.stage)
        own = {
            "numbers of another year than their day's": _wrong_years(site),
            "jumps that came too late": [] if load.creates > len(jumps) * 20 else ["-"],
        }
        return conclude(site, seconds=took, settled=settled, own=own)


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
