"""A question of the matrix: what the text of the rules needs to know of one request, in the text's own words."""

from typing import NamedTuple


class Question(NamedTuple):
    """`person` is one of known, unknown, shelf, directory and nobody; `facts` are kinds of fact with whether they are in force.

    `age` is the person's: unknown, child, between (no child's proxy and not old enough themselves) or grown.
    `acting` names one of `tables.ACTING`, empty where no system acts for the asker.
    `app` names one of `tables.APPS`, empty where they ask through none.
    `objection` names one of `tables.OBJECTIONS`, or is empty. `type` is a resource type or None for all; `interaction`, `kind`, `way`, `purpose` and `activities` are codes.
    """

    kind: str
    role: str
    activities: frozenset[str]
    occupation: str
    has_organisation: bool
    way: str
    scopes: tuple[str, ...]
    purpose: str
    interaction: str
    type: str | None
    person: str
    facts: frozenset[tuple[str, bool]]
    restricted: bool
    objection: str = ""
    age: str = "unknown"
    acting: str = ""
    app: str = ""

    @property
    def writes(self) -> bool:
        return self.interaction in {"create", "update", "patch", "delete"}

    @property
    def names_somebody(self) -> bool:
        return self.person in {"known", "unknown"}

    def in_force(self, *kinds: str) -> bool:
        return any((kind, True) in self.facts for kind in kinds)

    def ever(self, kind: str) -> bool:
        return not self.facts.isdisjoint({(kind, True), (kind, False)})
