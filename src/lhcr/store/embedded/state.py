"""The state of an embedded server, as seen from outside it."""

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    ABSENT = "absent"
    """No database has been made in the folder yet."""
    STOPPED = "stopped"
    """The server was stopped in good order."""
    CRASHED = "crashed"
    """The server died without stopping: the next start recovers what was committed."""
    BUSY = "busy"
    """The server lives but does not accept connections yet or any more: it starts, recovers or stops."""
    ACCEPTING = "accepting"
    """The server accepts connections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    state: State
    pid: int | None
    in_use: bool
    """Whether a living process holds the server in use."""
