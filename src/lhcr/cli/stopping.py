"""Stopping: the end of a terminal or of a service stops a command as Ctrl-C does, so that it leaves things in order."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def signals_stop() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into a Ctrl-C while the block runs.

    A shell that starts a command in the background makes it ignore Ctrl-C: there they stop it all the same.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
