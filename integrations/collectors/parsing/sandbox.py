"""Opens a document in a process of its own, which knows nothing and may do nothing.

A new interpreter, not a fork: no secrets in its environment, no database handle, no open file
but the document and its answer. Whatever the document does to it, the worker goes on.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from integrations.collectors.parsing import limits, wire
from integrations.collectors.parsing.figures import Reading

# A busy machine may take long to give a process its share; the child's own clock is stricter.
WALL_SECONDS = 30
_ROOT = str(Path(__file__).resolve().parents[3])
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from integrations.collectors.parsing.child import main; main()"
)
_TIMES_UP = frozenset({-signal.SIGPROF, -signal.SIGXCPU})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it; `is_filtered` says that system calls were filtered too."""

    reading: Reading
    is_filtered: bool = False


def read_document(content: bytes) -> Reading:
    """What the document says, or why that cannot be told. Never raises for what is in it."""
    return open_document(content).reading


def open_document(content: bytes, *, wall_seconds: int = WALL_SECONDS) -> Outcome:
    """As read_document, with how the process was held."""
    with _in_memory("document") as given, _in_memory("answer") as answer:
        given.write(content)
        given.seek(0)
        status = _run(given, answer, wall_seconds)
        if status is None or status in _TIMES_UP:
            return _failed("took_too_long")
        if status:
            return _failed("crashed", str(status))
        answer.seek(0)
        return _answered(answer.read(limits.ANSWER_BYTES + 1))


def _run(given: IO[bytes], answer: IO[bytes], wall_seconds: int) -> int | None:
    """The status of the process; None if it had to be killed for its time."""
    process = subprocess.Popen(  # noqa: S603 (our own interpreter and our own words)
        [sys.executable, "-I", "-X", "utf8", "-c", _START, _ROOT],
        stdin=given,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )
    try:
        return process.wait(wall_seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        process.kill()
        process.wait()


def _answered(answer: bytes) -> Outcome:
    try:
        told: Any = json.loads(answer)
        return Outcome(
            reading=wire.loaded(told["reading"]), is_filtered=told["is_filtered"] is True
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return _failed("crashed", "answer")


def _failed(problem: str, detail: str = "") -> Outcome:
    return Outcome(reading=Reading(problem=problem, detail=detail))


def _in_memory(name: str) -> IO[bytes]:
    """A file that no disk sees, where the system has such."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create(name), "w+b")
    return tempfile.TemporaryFile()
