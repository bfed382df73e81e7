"""A command ends when it is asked to, also where Ctrl-C is ignored."""

import signal

import pytest

from lhcr.cli.stopping import signals_stop


@pytest.mark.parametrize("ignored", [False, True])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_end_of_a_service_stops_a_command_also_in_the_background(number: signal.Signals, *, ignored: bool) -> None:
    """A shell lets what it starts in the background ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN if ignored else signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), signals_stop():
            signal.raise_signal(number)
    finally:
        signal.signal(signal.SIGINT, before)
