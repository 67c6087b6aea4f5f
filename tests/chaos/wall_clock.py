"""A clock on the wall that the product's processes look at, and that a campaign moves."""

import shutil
import struct
import subprocess
from pathlib import Path

from tests.chaos.services import Missing

_SOURCE = Path(__file__).with_name("clock.c")


class WallClock:
    """Wrong by as many seconds as it is set to; raises Missing without a C compiler."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc")
        if not compiler:
            raise Missing("cc is not installed, which makes the clock that can be moved")
        library, self._file = folder / "clock.so", folder / "clock"
        command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(_SOURCE), "-ldl"]
        subprocess.run(command, check=True)
        self._file.write_bytes(bytes(8))
        self.environment = {"LD_PRELOAD": str(library), "CHAOS_CLOCK": str(self._file)}

    def set(self, seconds: int) -> None:
        """Jump to so many seconds from the true time, for all processes at once."""
        # Eight bytes in place: the processes have this very file mapped.
        with self._file.open("r+b") as file:
            file.write(struct.pack("=q", seconds))
