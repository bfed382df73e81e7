"""A value set of what is sensitive, as it is loaded and as it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSet:
    """A set as a file says it. `label`: what the file says about it, `system|code`, None where it says nothing.

    `codes` are pairs of a system, as `code_system` spells it, and a code, each once.
    """

    name: str
    version: str
    label: str | None
    codes: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingSet:
    """A set as it stands; `in_force` is None while stored entries are relabelled for it, `leaving` while it is taken away."""

    name: str
    version: str
    label: str
    codes: int
    loaded: datetime
    in_force: datetime | None
    leaving: bool
