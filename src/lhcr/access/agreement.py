"""A sharing agreement: which organisations share which kinds of entry with which others, from when to when, and how far."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, NamedTuple

from lhcr.access.policy import DIRECTORY, PRODUCT

#: In the place of organisations: every one; in the place of categories: every kind of entry.
EVERY: Final = "*"
#: What no agreement is about, because it is about nobody.
ABOUT_NOBODY: Final = frozenset({DIRECTORY, PRODUCT})


class State(Enum):
    """Who sees what an agreement is about, besides the organisation that contributed it."""

    OFF = "off"
    """Nobody."""
    TESTERS = "testers"
    """The users whom it names, for whom clinical safety is tried before it is opened."""
    OPEN = "open"
    """Whoever works for a recipient, as far as the other rules let them."""


class SafetyTester(NamedTuple):
    organisation: str
    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """`sources` and `recipients` are ODS codes. It is in force from `low` up to, not including, `high` (UTC).

    `in_emergency`: inside an emergency session it is as if open.
    """

    agreement_id: str
    sources: frozenset[str]
    recipients: frozenset[str]
    categories: frozenset[str]
    state: State
    testers: frozenset[SafetyTester]
    low: datetime
    high: datetime
    in_emergency: bool

    def shares_with(self, asker: SafetyTester, *, emergency: bool) -> bool:
        """Return whether a user of a recipient sees what it is about while it is in force."""
        if self.state is State.OPEN or (emergency and self.in_emergency):
            return True
        return self.state is State.TESTERS and asker in self.testers
