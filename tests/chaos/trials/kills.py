"""Processes end without a word."""

import os
import random
import time

from tests.chaos.report import conclude, ending
from tests.chaos.site import CREATES, SEED, Load, build

KILLS = int(os.environ.get("CHAOS_KILLS", "100"))
# Which share of the kills takes the process with all its children.
WHOLE = 0.4


def trial() -> bool:
    """SIGKILL for web, worker and scheduler, whole and by the child, in the middle of the load."""
    site = build()
    from tests.chaos import scene

    chance = random.Random(SEED)
    with ending(site):
        site.start()
        load = Load(site)
        victims = [site.processes[name] for name in ("web", "worker", "web", "worker", "beat")]
        for kill in range(1, KILLS + 1):
            # Spread over the work, not over the clock: slow machines get their kills too.
            if not load.until(kill / (KILLS + 1)):
                break
            victim = chance.choice(victims)
            if chance.random() < WHOLE or not victim.kill_one_child():
                victim.kill_all()
            time.sleep(chance.uniform(0, 0.3))
        seconds = load.join()
        settled = scene.wait_until_quiet(site.stage)
        kills = {name: process.kills for name, process in site.processes.items()}
        print("kills: " + ", ".join(f"{name} {count}" for name, count in kills.items()))
        # A worker that dies between a receiver's answer and its own record sends once more.
        most = kills["worker"] * 256
        own = {
            "kills that were not made": [] if sum(kills.values()) >= min(KILLS, CREATES) else ["-"],
            f"more repeats than kills allow ({most})": (
                [str(site.receiver.repeats)] if site.receiver.repeats > most else []
            ),
        }
        return conclude(site, seconds=seconds, settled=settled, own=own)
