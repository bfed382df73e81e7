"""The independent table, second half: which rows a permit reaches by `docs/rules.md`, class by class, whose, and with which places."""

from functools import cache
from itertools import product
from typing import Final, NamedTuple

from tests.access.matrix.question import Question
from tests.access.matrix.tables import (
    EVERYTHING,
    NOT_TO_BE_TOLD,
    ONLY_CHOICE,
    ONLY_RESTRICTED,
    RESTRICTED_PROCESSING,
    SENSITIVE,
    TO_THE_WHOLE,
    TYPES,
)
from tests.access.matrix.verdicts import (
    categories_asked,
    granted,
    is_about_nobody,
    is_inside_emergency,
    is_open_to_objection,
    may_read,
    searched_in_part,
)

SOURCES: Final = ("own", "other")
LABELS: Final = (
    "",
    "hiv",
    "hiv-of-stu3",
    "v",
    "r",
    "nopat",
    "r-and-hiv",
    "r-and-nopat",
    "choice",
    "choice-and-hiv",
    "of-no-meaning",
    "processing",
    "processing-and-r",
)
Row = tuple[str, str, str]


class Reach(NamedTuple):
    """`whose` is one of nobody, everybody and the one asked for; `places` one of shown, withheld and asked."""

    rows: frozenset[Row]
    whose: str
    places: str


def reach(asked: Question, *, own_only: bool) -> Reach:
    objection = asked.objection if is_open_to_objection(asked) and not is_inside_emergency(asked) else ""
    changes = asked.interaction in {"update", "patch", "delete"}
    only_own = own_only or asked.kind == "system" or changes or objection in TO_THE_WHOLE
    is_self = asked.kind == "citizen" and asked.in_force("self")
    places = _places(asked, only_own=only_own, is_self=is_self)
    return Reach(
        rows=_rows(
            _categories(asked),
            asked.has_organisation,
            only_own,
            asked.kind == "citizen",
            is_self or places in {"withheld", "asked"},
            objection,
        ),
        whose=_whose(asked),
        places=places,
    )


def _places(asked: Question, *, only_own: bool, is_self: bool) -> str:
    if only_own or is_self:
        return "shown"
    if not asked.names_somebody:
        return "asked"
    return "withheld" if asked.restricted else "shown"


def _whose(asked: Question) -> str:
    if asked.person in {"known", "shelf"}:
        return "asked for"
    if asked.person == "unknown":
        return "everybody" if asked.kind == "system" and asked.writes else "nobody"
    is_of_all = asked.interaction == "trace" or categories_asked(asked) == {"product"} or asked.kind == "system"
    return "everybody" if is_of_all or asked.writes else "nobody"


def _categories(asked: Question) -> frozenset[str]:
    if asked.interaction == "order":
        return frozenset()
    if asked.interaction == "trace":
        found = frozenset({"demographics"})
    elif asked.kind == "system":
        found = EVERYTHING
    elif categories_asked(asked) == {"directory"} and not asked.writes:
        found = frozenset({"directory"})
    else:
        found = may_read(asked) & ({"product"} if is_about_nobody(asked) and not _of_directory(asked) else EVERYTHING)
    return found & _scoped(asked)


def _of_directory(asked: Question) -> bool:
    return categories_asked(asked) == {"directory"}


def _scoped(asked: Question) -> frozenset[str]:
    readable = {type_ for type_, letters in granted(asked) if {"r", "s"}.intersection(letters)}
    readable |= {asked.type} if asked.type and searched_in_part(asked) else set()
    if not asked.scopes or "*" in readable:
        return EVERYTHING
    return frozenset({"directory", *(category for type_ in readable for category in TYPES[type_])})


# What is remembered is asked by place.
@cache
def _rows(
    categories: frozenset[str],
    has_own: bool,  # noqa: FBT001
    only_own: bool,  # noqa: FBT001
    is_citizen: bool,  # noqa: FBT001
    shows_restricted: bool,  # noqa: FBT001
    objection: str,
) -> frozenset[Row]:
    def is_reached(source: str, category: str, label: str) -> bool:
        if category == "directory" and not label:
            return True
        if category not in categories:
            return False
        if source == "own" and has_own:
            return True
        if (
            only_own
            or label in RESTRICTED_PROCESSING
            or (is_citizen and label in NOT_TO_BE_TOLD)
            or _is_objected_to(objection, category)
        ):
            return False
        if is_citizen and label in ONLY_CHOICE:
            return True
        return label not in SENSITIVE or (shows_restricted and category == "demographics" and label in ONLY_RESTRICTED)

    every = product(SOURCES, EVERYTHING, LABELS)
    return frozenset(row for row in every if is_reached(*row))


def _is_objected_to(objection: str, category: str) -> bool:
    """Whether an objection to a part hides what the other source contributed of a category."""
    if category in {"directory", "product"}:
        return False
    parts = {
        "to-all-but-results": category != "result",
        "to-the-source": True,
        "to-observations": category in {"observation", "other"},
        "to-results-of-the-source": category in {"result", "other"},
    }
    return parts.get(objection, False)
