"""The history of access to one record, told from the log: who looked, grouped into episodes, the newest first.

An episode is what one user or system did on one day from one organisation for one purpose, themself or through one system that acts for them. It holds which entries of the record
were touched by name, never what they are: what its reader may be told of them is decided where entries are read
(`access_history_kinds`). Hazard: a sensitive item exposed. So an episode keeps neither the type that was asked for, nor a query,
nor how many entries an answer held.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple, TypeAlias

from lhcr.audit.entry import Action, Agent, Outcome
from lhcr.audit.entry import Entry as LogEntry
from lhcr.views.written_date import from_datetime

_CHANGING: Final = frozenset({Action.CREATE.value, Action.UPDATE.value, Action.DELETE.value})
_LOG_TYPE: Final = "AuditEvent"
_ALERT: Final = "alert"
_OWN_WORD: Final = frozenset({"claim", "emergency"})
_CARE: Final = frozenset({"professional", "system"})
#: As many episodes as a page shows, and then the rest of their day.
ENOUGH: Final = 20

_Who: TypeAlias = tuple[str, str, str, str, str]


class Access(NamedTuple):
    """An entry of the log, and the id under which it stands there."""

    entry: LogEntry
    event_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """What somebody did in a day, by the time of the United Kingdom.

    `touched` and `changed` are references such as `Condition/abc`, of whomever they are about; `refusals` the families of
    the rules that refused; `looked`: something was not refused; `of_log`: it was this history that was looked at; `said`: what
    they opened the record on, by their own word: `claim` or `emergency`; `through` is the system that acted for them, or the app that they used; `newest` is the id of the last entry of it.
    """

    day: date
    first: datetime
    last: datetime
    agent: Agent
    purpose: str
    looked: bool
    of_log: bool
    touched: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    refusals: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    reference: str = ""
    newest: str = ""
    through: Agent | None = None


@dataclass(slots=True)
class _Gathering:
    """An episode while its entries are gathered, the newest first."""

    newest: Access
    oldest: LogEntry
    touched: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    refusals: dict[str, None] = field(default_factory=dict)
    said: dict[str, None] = field(default_factory=dict)
    looked: bool = False
    of_log: bool = True

    def add(self, entry: LogEntry) -> None:
        self.oldest = entry
        if entry.outcome == Outcome.REFUSED.value:
            self.refusals[entry.rule] = None
            return
        if entry.kind == _ALERT:
            self.said |= {entry.subtype: None} if entry.subtype in _OWN_WORD else {}
        self.looked = True
        self.of_log = self.of_log and _is_of_log(entry)
        names = {f"{type_}/{id_}" for type_, id_, _ in entry.named_items}
        self.touched |= names
        if entry.action in _CHANGING:
            self.changed |= names

    def episode(self) -> Episode:
        last = self.newest.entry
        return Episode(
            day=_day(self.newest),
            first=self.oldest.recorded,
            last=last.recorded,
            agent=last.agent,
            purpose=last.purpose,
            looked=self.looked,
            of_log=self.looked and self.of_log,
            touched=frozenset(self.touched),
            changed=frozenset(self.changed),
            refusals=tuple(self.refusals),
            said=tuple(self.said),
            reference=last.decision,
            newest=self.newest.event_id,
            through=last.actor,
        )


def episodes(accesses: Iterable[Access]) -> Iterator[Episode]:
    """Yield the episodes of accesses that come the newest first, day by day, each day's by when they ended."""
    for _, of_day in groupby(accesses, _day):
        gathered: dict[_Who, _Gathering] = {}
        for each in of_day:
            gathered.setdefault(_who(each), _Gathering(each, each.entry)).add(each.entry)
        yield from sorted((each.episode() for each in gathered.values()), key=attrgetter("last"), reverse=True)


def whole_days(accesses: Sequence[Access], *, ended: bool) -> int | None:
    """Return how many accesses, the newest first, make a page: `ENOUGH` episodes and the rest of the last one's day.

    `ended` says that the log holds no older ones. None where more must be read before a page can end.
    """
    seen, at = 0, 0
    for _, of_day in groupby(accesses, _day):
        listed = list(of_day)
        at += len(listed)
        seen += len({_who(each) for each in listed})
        if seen >= ENOUGH:
            return at if ended or at < len(accesses) else None
    return at if ended else None


def is_asker(episode: Episode, user: str) -> bool:
    """Whether it was a citizen's own doing who now reads."""
    return episode.agent.kind == "citizen" and episode.agent.user == user


def told_to_proxy(episode: Episode, sources: frozenset[str]) -> bool:
    """Whether somebody who acts for the person is told of an episode. `sources`: whose entries of the record they may see.

    Hazard: a sensitive item exposed, and where a restricted person is. That a clinic, refuge or other service of which a proxy
    sees nothing has looked tells that the person is known there; and what the person does themself is not told to others.
    """
    return episode.agent.kind in _CARE and episode.agent.organisation in sources


def _is_of_log(entry: LogEntry) -> bool:
    return entry.type == _LOG_TYPE and not entry.items


def _day(access: Access) -> date:
    return from_datetime(access.entry.recorded).as_day


def _who(access: Access) -> _Who:
    entry = access.entry
    through = entry.actor.user if entry.actor else ""
    return entry.agent.kind, entry.agent.user, entry.agent.organisation, entry.purpose, through
