"""A campaign that is told to end says what was counted by then, and leaves nothing running."""

import signal
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(BaseException):
    """Somebody wants the campaign to end. `held`: whether all held that was counted by then;
    None where nothing was."""

    held: bool | None = None


def watch() -> None:
    """From now on the first SIGINT or SIGTERM raises Interrupted in the main thread."""
    for one in _SIGNALS:
        signal.signal(one, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    # Once: what has to be stopped is stopped, however impatient somebody is. A function, as
    # children would inherit SIG_IGN.
    for one in _SIGNALS:
        signal.signal(one, lambda *_: None)
    raise Interrupted(signal.Signals(number).name)
