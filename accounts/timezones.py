"""The time zones that the installation knows."""

import functools
import zoneinfo


@functools.cache
def names() -> tuple[str, ...]:
    """Sorted. Kept, because the library opens some six hundred files to list them."""
    return tuple(sorted(zoneinfo.available_timezones()))
