"""A query of the log: which entries somebody looks for, as a test on an entry and as fragments that its text must hold.

The fragments are what a database can look for without reading JSON: a quote inside a JSON string is escaped, so that whatever a
caller once sent cannot be taken for a member of the entry. They only narrow; `fits` decides.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from lhcr.audit.entry import Entry

_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """From `since` up to, not including, `until`. What is None or empty is not asked for.

    `organisation` and `user` are those of the asker of an entry; `agents` each name either, all of them the same asker, or the system
    that asked in their name; `item` is (type, id) of a resource of the answer. `but` says which entries are closed to the reader.
    """

    since: datetime
    until: datetime
    person: int | None = None
    organisation: str | None = None
    users: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    item: tuple[str, str] | None = None
    kind: str = ""
    action: str = ""
    outcome: str = ""
    but: Callable[[Entry], bool] | None = None

    def fragments(self) -> Iterator[bytes]:
        """Yield what stands in the text of every entry that fits."""
        named = {"kind": self.kind, "organisation": self.organisation or ""}
        named |= {"action": self.action, "outcome": self.outcome}
        yield from (_member(name, value) for name, value in named.items() if value)
        yield from (_member("user", user) for user in self.users)
        yield from (_text(agent) for agent in self.agents)
        if self.item:
            yield self.item[1].encode()

    def fits(self, entry: Entry) -> bool:
        agent = entry.agent
        return (
            self.organisation in {None, agent.organisation}
            and self.person in {None, entry.person}
            and all(user == agent.user for user in self.users)
            and all(each in _named(entry) for each in self.agents)
            and self.kind in {"", entry.kind}
            and self.action in {"", entry.action}
            and self.outcome in {"", entry.outcome}
            and not (self.but and self.but(entry))
            and (self.item is None or any(each[:2] == self.item for each in entry.named_items))
        )


def _named(entry: Entry) -> set[str]:
    return {entry.agent.user, entry.agent.organisation, *((entry.actor.user,) if entry.actor else ())}


def _member(name: str, value: str) -> bytes:
    return f'"{name}":'.encode() + _text(value)


def _text(value: str) -> bytes:
    return _ENCODER.encode(value)
