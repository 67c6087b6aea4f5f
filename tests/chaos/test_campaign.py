"""What a campaign says is kept, however it ends."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos import campaign
from tests.chaos.interruptions import Interrupted
from tests.chaos.processes import ROOT
from tests.chaos.services import Missing
from tests.chaos.trials import TRIALS


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """What the one campaign left behind."""
    monkeypatch.setattr(campaign, "KEPT", tmp_path / "kept")
    return lambda: next((tmp_path / "kept").iterdir()).read_text()


def holds() -> bool:
    """All is well."""
    print("figures")
    return True


def breaks() -> bool:
    """All is lost."""
    return False


def lacks() -> bool:
    """Something is not here."""
    raise Missing("a compiler is not installed")


def ends() -> bool:
    """Somebody is impatient."""
    print("figures")
    error = Interrupted("SIGTERM")
    error.held = True
    raise error


def ends_badly() -> bool:
    """Somebody is impatient, and right to be."""
    error = Interrupted("SIGINT")
    error.held = False
    raise error


def stumbles() -> bool:
    """The campaign itself is wrong."""
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("trial", "code", "words"),
    [
        (holds, 0, "PASSED after"),
        (breaks, 1, "FAILED after"),
        (lacks, 3, "LEFT OUT: a compiler is not installed."),
        (ends, 4, "INTERRUPTED by SIGTERM, all held so far after"),
        (ends_badly, 1, "INTERRUPTED by SIGINT, FAILED so far after"),
        (stumbles, 5, "ZeroDivisionError"),
    ],
)
def test_the_verdict_is_kept(
    kept: Callable[[], str], trial: Callable[[], bool], code: int, words: str
) -> None:
    assert campaign.run("one", trial) == code
    assert words in kept()


def test_what_was_printed_is_kept_with_the_sizes(
    kept: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAOS_CREATES", "7")
    campaign.run("one", holds)
    assert kept().splitlines()[:3] == ["== one: All is well.", "CHAOS_CREATES=7", "figures"]


def test_help_names_every_campaign_and_runs_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert campaign.main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"    {name} " in told for name in TRIALS)


def test_a_word_that_means_nothing_runs_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert campaign.main(["redis"]) == 2
    assert "--help" in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_does_not_interrupt_the_ending(number: signal.Signals) -> None:
    script = (
        "import os, signal, time\n"
        "from tests.chaos.interruptions import Interrupted, watch\n"
        "watch()\n"
        "try:\n"
        f"    os.kill(os.getpid(), {number.value})\n"
        "    time.sleep(5)\n"
        "except Interrupted as one:\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    print('ended in order by', one)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout == f"ended in order by {number.name}\n"
