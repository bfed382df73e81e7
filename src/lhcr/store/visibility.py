"""What a decision lets be seen, in the store's words: persons and access classes, for the statements to AND in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """The rows that one decision permits.

    `persons` are the persons whose rows may be read, or None where every person's may (a system that sees what its own
    organisation contributed, whoever it is about). `classes` are the access classes of the rows that may be read, in every
    hop of a search. Directory rows (organisations, practitioners, places, definitions) are open to whoever may ask at all.
    """

    persons: tuple[int, ...] | None
    classes: tuple[int, ...]
