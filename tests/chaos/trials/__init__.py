"""The campaigns by name. Each is a function: it breaks things, counts, and says if all held."""

from collections.abc import Callable

from tests.chaos.trials import (
    clock_jumps,
    disk_full,
    hosts,
    kills,
    mail,
    postgres_crash,
    receivers,
    redis_away,
)

TRIALS: dict[str, Callable[[], bool]] = {
    "kills": kills.trial,
    "redis": redis_away.trial,
    "postgres": postgres_crash.trial,
    "clock": clock_jumps.trial,
    "disk": disk_full.trial,
    "receivers": receivers.trial,
    "mail": mail.trial,
    "hosts": hosts.trial,
}
