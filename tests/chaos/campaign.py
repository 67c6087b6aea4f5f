"""Break one thing after another under load, then count what is left.

    make chaos                       every campaign
    make chaos CAMPAIGN=redis        one, or several with commas between
    python -m tests.chaos.campaign   the same
                           --help    this text

Each has a PostgreSQL and a Redis of its own, made from this machine's binaries and thrown away.
What it prints is kept in a file of its own under .data/chaos (CHAOS_KEPT). Whoever ends it with
SIGINT or SIGTERM is told what was counted up to then, and nothing is left running.

    CHAOS_CREATES  10000   invoices made; the most under way at once are CHAOS_CLIENTS (12)
    CHAOS_KILLS    100     kills: processes killed
    CHAOS_STOPS    20      postgres: crashes of the server
    CHAOS_AWAY     60      redis, hosts: seconds that a service or a host stays away
    CHAOS_MAILS    500     mail: messages sent
    CHAOS_SEED     1       what is drawn by lot

It ends with 0 when every promise held or could not be tried here, 1 when one was broken,
4 when it was interrupted.
"""

import contextlib
import datetime
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from tests.chaos.interruptions import Interrupted, watch
from tests.chaos.processes import ROOT
from tests.chaos.services import Missing
from tests.chaos.trials import TRIALS

KEPT = Path(os.environ.get("CHAOS_KEPT", ROOT / ".data" / "chaos"))
HELD, BROKEN, UNKNOWN, LEFT_OUT, INTERRUPTED, BROKE_OFF = range(6)
_SIZES = tuple(
    f"CHAOS_{name}" for name in ("CREATES", "CLIENTS", "KILLS", "STOPS", "AWAY", "MAILS", "SEED")
)
_CODES = {
    HELD: "PASSED",
    BROKEN: "FAILED",
    LEFT_OUT: "LEFT OUT",
    INTERRUPTED: "INTERRUPTED",
}


def main(arguments: Sequence[str] = ()) -> int:
    if arguments:
        asks = bool({"-h", "--help"}.intersection(arguments))
        print(usage() if asks else f"There is no {arguments[0]}; --help says what there is.")
        return HELD if asks else UNKNOWN
    wanted = [name for name in os.environ.get("CAMPAIGN", "").split(",") if name]
    unknown = [name for name in wanted if name not in TRIALS]
    if unknown:
        print(f"There is no campaign {unknown[0]}; there are {', '.join(TRIALS)}.")
        return UNKNOWN
    watch()
    if len(wanted) == 1:
        return run(wanted[0], TRIALS[wanted[0]])
    codes = _run_each(wanted or list(TRIALS))
    for name in wanted or TRIALS:
        print(f"{name:12} {_CODES.get(codes[name], 'BROKE OFF') if name in codes else 'NOT RUN'}")
    if INTERRUPTED in codes.values():
        return INTERRUPTED
    return int(any(code not in (HELD, LEFT_OUT) for code in codes.values()))


def usage() -> str:
    """How it is called, and every campaign with its promise."""
    campaigns = "\n".join(f"    {name:12} {_promise(trial)}" for name, trial in TRIALS.items())
    return f"{(__doc__ or '').strip()}\n\n{campaigns}"


def run(name: str, trial: Callable[[], bool]) -> int:
    """One campaign, told and kept; how it ended."""
    KEPT.mkdir(parents=True, exist_ok=True)
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    with (KEPT / f"{stamp}-{name}.txt").open("w") as file:
        with contextlib.redirect_stdout(_Both(sys.stdout, file)):  # type: ignore[type-var]
            code = _told(name, trial)
        print(f"kept in {file.name}", flush=True)
    return code


def _told(name: str, trial: Callable[[], bool]) -> int:
    print(f"== {name}: {_promise(trial)}")
    sizes = [f"{key}={os.environ[key]}" for key in _SIZES if key in os.environ]
    print(", ".join(sizes) or "at its default size")
    started = time.monotonic()

    def ended(how: str) -> None:
        print(f"{how} after {time.monotonic() - started:.0f} s")

    try:
        held = trial()
    except Missing as missing:
        print(f"LEFT OUT: {missing}.")
        return LEFT_OUT
    except Interrupted as one:
        held_so_far = {None: "nothing was counted", True: "all held so far", False: "FAILED so far"}
        ended(f"INTERRUPTED by {one}, {held_so_far[one.held]}")
        return BROKEN if one.held is False else INTERRUPTED
    except Exception:  # whatever ended it is part of what is kept
        print(traceback.format_exc())
        ended("BROKE OFF")
        return BROKE_OFF
    ended(_CODES[HELD if held else BROKEN])
    return HELD if held else BROKEN


def _run_each(names: Sequence[str]) -> dict[str, int]:
    """One after the other, until somebody interrupts; how each ended."""
    codes = {}
    with tempfile.TemporaryDirectory(prefix="invoiceapp-chaos-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as somebody else
        shared = {**os.environ, "CHAOS_TEMPLATE": f"{folder}/template"}
        for name in names:
            # Django is set up for one database, so each campaign has an interpreter of its own.
            command = [sys.executable, "-m", "tests.chaos.campaign"]
            with subprocess.Popen(command, cwd=ROOT, env={**shared, "CAMPAIGN": name}) as child:
                try:
                    codes[name] = child.wait()
                except Interrupted:
                    child.terminate()
                    # Processes of the product may take half a minute to end in order.
                    codes[name] = child.wait()
                    break
            print()
    return codes


def _promise(trial: Callable[[], bool]) -> str:
    return (trial.__doc__ or "").splitlines()[0]


class _Both:
    """Writes to the terminal and to the file that is kept, at once."""

    def __init__(self, *files: TextIO) -> None:
        self._files = files

    def write(self, text: str) -> int:
        for file in self._files:
            file.write(text)
            file.flush()
        return len(text)

    def flush(self) -> None:
        """Every write is through already."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
