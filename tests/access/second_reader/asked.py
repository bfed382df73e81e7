"""What the second reader asks: one request, who makes it and how they stand to the person, in the words of the text alone."""

from typing import NamedTuple

#: What a rule says.
PERMIT = "permit"
PERMIT_OWN = "permit what the own organisation contributed"
ABSTAIN = "abstain"
LIFTABLE = "refuse unless in an emergency"
REFUSE = "refuse always"

READING = frozenset({"read", "vread", "history", "search", "everything"})
WRITING = frozenset({"create", "update", "patch", "delete"})
#: What is about no entry of the record: nothing is opened by them.
APART = frozenset({"trace", "audit-read", "order"})
OWN = "A81001"
OTHERS = ("RRE", "FA123")
SOURCES = (OWN, *OTHERS)
USER = "555000000101"


class Acting(NamedTuple):
    """The system that acts: for whose people it is registered, and to which purposes."""

    organisation: str
    purposes: frozenset[str]


class Asker(NamedTuple):
    """`organisation` and `user` are empty where the asker names none; `activities` and `way` are codes."""

    kind: str
    role: str
    activities: frozenset[str]
    occupation: str
    organisation: str
    user: str
    way: str
    scopes: tuple[str, ...]
    purpose: str
    acting: Acting | None


class Fact(NamedTuple):
    """`whose`: the asker's own, a colleague's, or what the asker said for another organisation. Each but the first counts for nothing."""

    kind: str
    in_force: bool
    whose: str = "own"


class Objection(NamedTuple):
    """`by_name`: to the asker's organisation alone. Parts are pairs of a source and a category, empty where it is any."""

    by_name: bool
    denied: frozenset[tuple[str, str]]
    excepted: frozenset[tuple[str, str]] = frozenset()
    in_force: bool = True


class Agreed(NamedTuple):
    """`*` names every source, recipient or kind of entry. `when` is to come, now or over; `testers` pairs of organisation and user."""

    sources: frozenset[str]
    recipients: frozenset[str]
    categories: frozenset[str]
    state: str = "open"
    when: str = "now"
    testers: frozenset[tuple[str, str]] = frozenset()
    in_emergency: bool = False


class Standing(NamedTuple):
    """`person` is known, unknown (not here), shelf, directory or nobody. `births` are as sources tell them, in any precision.

    `opted_out` is yes, no or untold.
    """

    person: str
    facts: frozenset[Fact] = frozenset()
    restricted: bool = False
    births: tuple[str, ...] = ()
    opted_out: str = "untold"
    objections: tuple[Objection, ...] = ()

    def in_force(self, *kinds: str) -> bool:
        return any(fact.in_force and fact.whose == "own" and fact.kind in kinds for fact in self.facts)

    def ever(self, kind: str) -> bool:
        return any(fact.kind == kind for fact in self.facts)


class Asked(NamedTuple):
    """`type` is a resource type, or None for all."""

    asker: Asker
    standing: Standing
    interaction: str
    type: str | None
    agreements: tuple[Agreed, ...] = ()

    @property
    def reads(self) -> bool:
        return self.interaction in READING

    @property
    def writes(self) -> bool:
        return self.interaction in WRITING
