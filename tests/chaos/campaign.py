"""`make chaos`: break one thing after another under load, then count what is left.

    make chaos                       every campaign
    make chaos CAMPAIGN=redis        one, or several with commas between

Each has a PostgreSQL and a Redis of its own, made from this machine's binaries and thrown away.
Sizes come from CHAOS_CREATES (10000), CHAOS_KILLS (100), CHAOS_CLIENTS (12), CHAOS_SEED (1) and
CHAOS_AWAY (60), the seconds that a service stays away.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.chaos.processes import ROOT
from tests.chaos.services import Missing
from tests.chaos.trials import TRIALS

_CODES = {0: "PASSED", 1: "FAILED", 3: "LEFT OUT"}


def main() -> int:
    wanted = [name for name in os.environ.get("CAMPAIGN", "").split(",") if name]
    unknown = [name for name in wanted if name not in TRIALS]
    if unknown:
        print(f"There is no campaign {unknown[0]}; there are {', '.join(TRIALS)}.")
        return 2
    # Whoever ends us ends our servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(4))
    if len(wanted) == 1:
        return run(wanted[0], TRIALS[wanted[0]])
    codes = {}
    with tempfile.TemporaryDirectory(prefix="invoiceapp-chaos-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as somebody else
        shared = {**os.environ, "CHAOS_TEMPLATE": f"{folder}/template"}
        for name in wanted or TRIALS:
            # Django is set up for one database, so each campaign has an interpreter of its own.
            command = [sys.executable, "-m", "tests.chaos.campaign"]
            environment = {**shared, "CAMPAIGN": name}
            codes[name] = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
            print()
    for name, code in codes.items():
        print(f"{name:12} {_CODES.get(code, 'BROKE OFF')}")
    return int(any(code not in (0, 3) for code in codes.values()))


def run(name: str, trial: Callable[[], bool]) -> int:
    """One campaign: 0 when every promise held, 3 when this machine cannot run it."""
    promise = (trial.__doc__ or "").splitlines()[0]
    print(f"== {name}: {promise}", flush=True)
    started = time.monotonic()
    try:
        held = trial()
    except Missing as missing:
        print(f"LEFT OUT: {missing}.")
        return 3
    print(f"{'PASSED' if held else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
