"""A scope: the persons whose rows a statement touches, so that a search about one person goes to one partition."""

from dataclasses import dataclass
from typing import Final

from lhcr.store.shelf import BUCKETS
from lhcr.store.visibility import Visibility


@dataclass(frozen=True, slots=True)
class Scope:
    """`persons`: internal ids, the shelf's buckets among them; None for the rows of everybody."""

    persons: tuple[int, ...] | None

    @property
    def person(self) -> int | None:
        """The only person of the scope, None where there are none, several or all."""
        return self.persons[0] if self.persons is not None and len(self.persons) == 1 else None

    def narrowed(self, persons: frozenset[int] | None) -> "Scope":
        """Return the scope without the persons that are not among these; None narrows nothing."""
        if persons is None:
            return self
        if self.persons is None:
            return Scope(tuple(sorted(persons)))
        return Scope(tuple(person for person in self.persons if person in persons))

    def permitted(self, visibility: Visibility) -> "Scope":
        """Return the scope without persons whose rows may not be read. Hazard: a person whom the decision does not name."""
        return self if visibility.persons is None else self.narrowed(frozenset(visibility.persons))


EVERYBODY: Final = Scope(None)
SHELF: Final = Scope(tuple(range(-BUCKETS, 0)))
