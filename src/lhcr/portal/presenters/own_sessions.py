"""The page on which somebody sees where they are signed in, and ends what they do not know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lhcr.identity.own_sessions import OwnSession
from lhcr.views.written_date import from_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCard:
    """`mine`: the one in which the page is read. `where` is the role and organisation, empty where there is none."""

    name: str
    device: str
    where: str
    began: str
    used: str
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsPage:
    """`prove` is where whoever reads it proves once more who they are, empty where they just have; `said` is what was done."""

    cards: Sequence[SessionCard]
    others: int
    prove: str
    said: str


def present_sessions(
    sessions: Sequence[OwnSession], *, mine: str, prove: str, said: str, now: datetime
) -> SessionsPage:
    own = next((each for each in sessions if each.name == mine), None)
    cards = [_card(each, mine=mine) for each in sorted(sessions, key=lambda each: each.name != mine)]
    proved = own is not None and own.is_recent(now=now)
    return SessionsPage(
        cards=cards,
        others=sum(not card.mine for card in cards),
        prove="" if proved else prove,
        said=said,
    )


def _card(session: OwnSession, *, mine: str) -> SessionCard:
    return SessionCard(
        name=session.name,
        device=session.device or "A browser on a device that is not known",
        where=", ".join(part for part in (session.role, session.organisation) if part),
        began=from_datetime(session.began).with_clock,
        used=from_datetime(session.used).with_clock,
        mine=session.name == mine,
    )
