"""An entry of the log: the facts of one BALP-shaped AuditEvent, as canonical compact JSON text.

The text is what is stored and hashed. Its form is the order of `Entry`'s fields without spaces, absent facts left out, so that
the same facts always give the same bytes. An entry is drafted when a decision is made (`EntryDraft`) and completed when the
outcome, the person and the items are known (`PendingEntry`).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from lhcr.identity.principal import Principal, PrincipalKind

#: More than any page holds: whoever asks who saw an entry finds it by name. So many of the longest names fit into a line of the
#: export. Only a larger write is named by count and digest; what it wrote stands in the history of each resource.
MOST_ITEMS = 5_000
#: The kind of agent that an app is, which only ever asks with somebody whose it is: no kind of principal.
APP: Final = "app"


class Action(Enum):
    """http://hl7.org/fhir/audit-event-action."""

    CREATE = "C"
    READ = "R"
    UPDATE = "U"
    DELETE = "D"
    EXECUTE = "E"


class Outcome(Enum):
    """http://hl7.org/fhir/audit-event-outcome; a refusal is a minor failure, as BALP asks for denied access."""

    SUCCESS = "0"
    REFUSED = "4"
    FAILED = "8"


class Agent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The asker as they were at that time, or the system or app through which they asked."""

    user: str
    name: str
    kind: str
    role: str = ""
    role_name: str = ""
    organisation: str = ""
    organisation_name: str = ""
    token: str = ""


class Item(NamedTuple):
    """One resource of the answer: type, id and version. Where there are hundreds, plain tuples serve as well."""

    type: str
    id: str
    version: int


Items: TypeAlias = Sequence[tuple[str, str, int, *tuple[Any, ...]]]
"""Items, or what begins as they do and says more, which is not logged."""


class ManyItems(msgspec.Struct, frozen=True):
    """The resources of a very large write: how many, and SHA-256 over the JSON array of them, in order (hexadecimal)."""

    count: int
    digest: str


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The facts of one entry. `person` is internal; `patient` is the id of the golden Patient where it was known.

    `items` are the resources of the answer by type: ids with spaces between them, and behind an id its version, as in `o1/3`,
    where that is not the first. A page of hundreds is named in half the bytes that an array for each would need, and every byte
    is made durable before the page is sent. `many` stands in its place for a very large write. `agent` is who asked, and `actor` the
    system that asked in their name, or the app through which they asked.
    """

    v: int = 1
    recorded: datetime
    kind: str
    subtype: str
    action: str
    outcome: str
    agent: Agent
    actor: Agent | None = None
    purpose: str
    source: str
    request: str = ""
    type: str = ""
    asked: str = ""
    person: int | None = None
    patient: str = ""
    items: dict[str, str] | None = None
    many: ManyItems | None = None
    query: str = ""
    decision: str = ""
    trace: str = ""
    rule: str = ""

    @property
    def named_items(self) -> list[Item]:
        """The resources that the entry names, type by type, each type's in the order of the answer."""
        return [_item(type_, word) for type_, words in (self.items or {}).items() for word in words.split(" ")]

    @property
    def item_count(self) -> int:
        return self.many.count if self.many else sum(words.count(" ") + 1 for words in (self.items or {}).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingEntry:
    """An entry that is complete and not yet written: its text and the columns by which it is found."""

    recorded: datetime
    person_id: int | None
    decision: int | None
    text: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """What is known when a decision is made; the rest comes with `complete`.

    `kind` and `subtype` are the codes of AuditEvent.type and .subtype; `asked` is the target as the caller named it, such as
    `Patient/123`; `decision` is the number behind the decision's reference; `rule` is the family of the rule that refused.
    """

    principal: Principal
    kind: str
    subtype: str
    action: Action
    source: str
    request_id: str
    type: str = ""
    asked: str = ""
    person_id: int | None = None
    decision: int | None = None
    reference: str = ""
    trace_digest: str = ""
    rule: str = ""

    def complete(
        self,
        *,
        recorded: datetime,
        outcome: Outcome,
        items: Items = (),
        person_id: int | None = None,
        patient: str = "",
        query: str = "",
    ) -> PendingEntry:
        """Return the entry with its outcome. `person_id`, where given, stands for the draft's; `query` is already `masked`."""
        about = self.person_id if person_id is None else person_id
        text = _ENCODER.encode(
            Entry(
                recorded=recorded,
                kind=self.kind,
                subtype=self.subtype,
                action=self.action.value,
                outcome=outcome.value,
                agent=agent_of(self.principal),
                actor=actor_of(self.principal),
                purpose=self.principal.purpose.code,
                source=self.source,
                request=bounded(self.request_id, 128),
                type=self.type,
                asked=bounded(self.asked, 256),
                person=about,
                patient=patient,
                items=named(items),
                many=counted(items),
                query=bounded(query, 4_096),
                decision=self.reference,
                trace=self.trace_digest,
                rule=self.rule,
            )
        )
        return PendingEntry(recorded=recorded, person_id=about, decision=self.decision, text=text)

    def disclosure(self, person_id: int, *, recorded: datetime, items: Items, patient: str = "") -> PendingEntry:
        """Return the entry that a population answer owes each person whom it discloses."""
        draft = replace(self, subtype="disclosure", person_id=person_id)
        return draft.complete(recorded=recorded, outcome=Outcome.SUCCESS, items=items, patient=patient)


_ENCODER = msgspec.json.Encoder()
_TYPE = itemgetter(0)


def agent_of(principal: Principal) -> Agent:
    return Agent(
        user=principal.user_id,
        name=principal.name,
        kind=principal.kind.value,
        role=principal.role_code,
        role_name=principal.role_display,
        organisation=principal.organisation,
        organisation_name=principal.organisation_name,
        token=principal.token_id,
    )


def actor_of(principal: Principal) -> Agent | None:
    """Return the system that asks in somebody's name, or the app through which they ask; the token is theirs both, and stands with the asker.

    Hazard: an app that reads what it was let into for something else, and of which nobody can tell that it was the app.
    """
    actor = principal.actor
    if actor is None:
        return None if principal.app is None else Agent(user=principal.app.sub, name=principal.app.name, kind=APP)
    return Agent(
        user=actor.client_id,
        name=actor.name,
        kind=PrincipalKind.SYSTEM.value,
        organisation=actor.organisation,
        organisation_name=actor.organisation_name,
    )


def bounded(text: str, most: int) -> str:
    """Return what a caller sent in the length that is kept, without the lone surrogates that no JSON text can hold."""
    return text[:most] if text.isascii() else text[:most].encode("utf-8", "replace").decode()


def named(items: Items) -> dict[str, str] | None:
    """Return the items as `Entry.items` holds them, or None where there are none or too many. No id holds a space or a slash."""
    if not 0 < len(items) <= MOST_ITEMS:
        return None
    words: dict[str, str] = {}
    for type_, of_type in groupby(items, _TYPE):
        listed = " ".join([each[1] if each[2] == 1 else f"{each[1]}/{each[2]}" for each in of_type])
        words[type_] = f"{words[type_]} {listed}" if type_ in words else listed
    return words


def counted(items: Items) -> ManyItems | None:
    """Return count and digest of more items than an entry names."""
    if len(items) <= MOST_ITEMS:
        return None
    return ManyItems(count=len(items), digest=hashlib.sha256(_ENCODER.encode([each[:3] for each in items])).hexdigest())


def _item(type_: str, word: str) -> Item:
    id_, _, version = word.partition("/")
    return Item(type_, id_, int(version or 1))
