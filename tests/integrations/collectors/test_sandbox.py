"""Hostile documents in the process that opens them: nothing gets out, and the worker goes on."""

import resource
import subprocess
import sys
import time

import pytest

from integrations.collectors.parsing import limits, sandbox
from integrations.collectors.parsing.sandbox import open_document, read_document
from integrations.web.inbox_words import PROBLEMS
from tests.integrations.collectors.einvoices import cii, ubl, zugferd1
from tests.integrations.collectors.hostile import HOSTILE

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")


@LINUX
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_does_no_more_than_not_be_read(name: str) -> None:
    make, problem = HOSTILE[name]
    content = make()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    outcome = open_document(content)

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    reading = outcome.reading
    # A slow machine may run out of time before the reader comes to its verdict.
    verdicts = {problem, "took_too_long"} if problem else {"", *PROBLEMS}
    assert reading.problem in verdicts
    assert reading.problem != "crashed", reading.detail
    # Starting an interpreter included.
    assert spent < limits.CPU_SECONDS + 2
    assert "root:" not in str(reading)


@LINUX
@pytest.mark.parametrize("make", [ubl, cii, zugferd1])
def test_an_honest_document_is_read_behind_every_wall(make: object) -> None:
    outcome = open_document(make())  # type: ignore[operator]

    assert outcome.is_filtered
    assert outcome.reading.invoice is not None
    assert outcome.reading.invoice.number == "R-2026-017"


@pytest.mark.parametrize(
    ("deed", "answer"),
    [
        ("open('/etc/passwd').read()", "Error"),
        ("__import__('socket').socket()", "Error"),
        ("os.system('true')", "32512"),
        ("os.fork()", "Error"),
        ("os.kill(os.getppid(), 0)", "Error"),
        ("os.unlink('/tmp/nothing')", "Error"),
        ("bytearray(300_000_000)", "MemoryError"),
        ("set(os.environ) - {'LC_CTYPE'}", "set()"),
    ],
)
@LINUX
def test_behind_the_door_nothing_can_be_done(deed: str, answer: str) -> None:
    code = (
        "import sys, os; sys.path.insert(0, sys.argv[1])\n"
        "import socket\n"
        "from integrations.collectors.parsing import limits\n"
        "limits.limit_memory(); limits.lock_down()\n"
        f"try: told = {deed}\n"
        "except BaseException as error: told = type(error).__name__\n"
        "print(told)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, sandbox._ROOT],
        env={},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    told = done.stdout.strip()
    assert told.endswith(answer) or (answer == "32512" and told == "-1"), done


@LINUX
def test_a_process_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_START", "import time; time.sleep(600)")
    begun = time.monotonic()

    assert open_document(b"", wall_seconds=1).reading.problem == "took_too_long"
    assert time.monotonic() - begun < 30


@LINUX
def test_an_answer_that_is_none_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_START", "print('{\"reading\": []}')")
    assert read_document(b"").problem == "crashed"

    monkeypatch.setattr(sandbox, "_START", "import os; os.abort()")
    assert read_document(b"").problem == "crashed"


def test_nobody_inherits_what_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hidden")
    told = "import os, json; print(json.dumps(sorted(os.environ)), os.listdir('/proc/self/fd'))"
    monkeypatch.setattr(sandbox, "_START", f"{told}; raise SystemExit(3)")

    with sandbox._in_memory("document") as given, sandbox._in_memory("answer") as answer:
        assert sandbox._run(given, answer, 30) == 3
        answer.seek(0)
        names, files = answer.read().decode().split("] [", 1)
    assert "SECRET_KEY" not in names
    assert len(files.split(",")) <= 4
