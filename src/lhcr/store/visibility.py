"""What a decision lets be seen, in the store's words: persons and access classes, for the statements to AND in."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Protocol

from lhcr.store.class_mask import class_mask


class Places(Enum):
    """Whether what tells where people live or can be found may be seen."""

    SHOWN = "shown"
    """To the person themself, to a source that sees only what it contributed, and of a person who is not restricted."""
    WITHHELD = "withheld"
    """Of the one person whom the decision names, who is restricted."""
    ASKED = "asked"
    """Of everybody whom no fact restricts: the decision names nobody, so that each row's person is asked about."""


_NOTHING: Final = class_mask(())


class PatientNames(Protocol):
    """Says whether the id of a Patient, which a source chose if it is `chosen_by` one, is to name somebody."""

    def names(self, id: str, *, person_id: int, chosen_by: int | None) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """The rows that one decision permits.

    `persons` are the persons whose rows may be read, or None where every person's may (a system that sees what its own
    organisation contributed, whoever it is about). `classes` are the access classes of the rows that may be read, in every
    hop of a search. Directory rows (organisations, practitioners, places, definitions) are open to whoever may ask at all,
    but for those that a source labelled: every decision permits the classes of the others.
    `places` says whether rows are searched and served with what tells where their person is. `whole`: rows are searched and
    served with whomever they name besides (a source that sees only what it contributed). `patients`: by the ids of which Patients
    criteria may name somebody, None for all.
    """

    persons: tuple[int, ...] | None
    classes: tuple[int, ...]
    places: Places = Places.ASKED
    whole: bool = False
    patients: PatientNames | None = field(default=None, repr=False, compare=False)
    mask: bytes = field(init=False, repr=False, compare=False)
    """The classes as statements take them (ADR 9)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "mask", class_mask(self.classes))

    def mask_for(self, person_id: int) -> bytes:
        """Return the mask for rows of one person: nothing where their rows may not be read."""
        return self.mask if self.persons is None or person_id in self.persons else _NOTHING

    def names(self, id: str, *, person_id: int, chosen_by: int | None) -> bool:
        """Return whether the id of a Patient names somebody. Hazard: a hidden Patient whom an answer by their id shows to be here."""
        return self.patients is None or self.patients.names(id, person_id=person_id, chosen_by=chosen_by)

    @property
    def nameable(self) -> tuple[int, ...] | None:
        """The persons whom a row may name, None for everybody: of one that names another it is masked who that is."""
        return None if self.whole else self.persons
