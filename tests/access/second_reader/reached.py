"""The sections "Which rows", "Restricted persons" and "Whose rows": what a permit reaches."""

from functools import lru_cache
from typing import Final, NamedTuple

from tests.access.second_reader.area import EVERY_CATEGORY, Area, categories_of
from tests.access.second_reader.asked import SOURCES, Asked
from tests.access.second_reader.objection_rules import hidden, reaches_own_alone
from tests.access.second_reader.role_rule import may_read
from tests.access.second_reader.sharing import unshared
from tests.access.second_reader.standing_rules import is_proxy
from tests.access.second_reader.subject import is_of_directory, is_of_products, names_somebody
from tests.access.second_reader.token_rules import granted

#: Labels that rows carry together, by their codes; those with a plus are given by value sets, and hide as if the entry said them itself.
LABELS: Final = tuple(
    frozenset(each.split())
    for each in (
        *(
            "",
            "R",
            "V",
            "HIV",
            "TBOO",
            "SEX",
            "NOPAT",
            "sharing-choice",
            "green",
            "REDACTED V",
            "restricted-processing",
        ),
        *(
            "R HIV",
            "R NOPAT",
            "R V",
            "sharing-choice HIV",
            "sharing-choice NOPAT",
            "restricted-processing R",
            "R TBOO",
            "HIV+",
            "R HIV+",
            "NOPAT+",
        ),
    )
)


class Row(NamedTuple):
    source: str
    category: str
    labels: frozenset[str]


ROWS: Final = tuple(Row(*each) for each in ((s, c, n) for s in SOURCES for c in sorted(EVERY_CATEGORY) for n in LABELS))


class Reached(NamedTuple):
    rows: frozenset[Row]
    whose: str
    places: str


class Sight(NamedTuple):
    """What of a request decides which rows it reaches, before what others keep back."""

    categories: frozenset[str]
    own: str
    own_only: bool
    citizen: bool
    trusted: bool
    places: str


def reached(asked: Asked, area: Area, *, own_only: bool) -> Reached:
    """`own_only`: every rule that permits reaches the own organisation's contributions alone."""
    own = _reaches_own_alone(asked, area, own_only=own_only)
    shown = places(asked, area, own_only=own)
    citizen = asked.asker.kind == "citizen"
    trusted = citizen and _is_trusted(asked, area)
    sight = Sight(_categories(asked, area), asked.asker.organisation, own, citizen, trusted, shown)
    kept = hidden(asked, area) | unshared(asked, area)
    return Reached(_rows(sight, area_of(area)) - _of_pairs(kept), whose(asked, own_only=own), shown)


def _reaches_own_alone(asked: Asked, area: Area, *, own_only: bool) -> bool:
    """Whatever may be changed is the own organisation's only, and a system's permit always is."""
    changes = asked.interaction in {"update", "patch", "delete"}
    return own_only or changes or asked.asker.kind == "system" or reaches_own_alone(asked, area)


def _categories(asked: Asked, area: Area) -> frozenset[str]:
    """By the role: a trace demographics, the directory and products themselves; scopes narrow all of it, but for the directory."""
    return _by_role(asked, area) & _by_scopes(asked)


def _by_role(asked: Asked, area: Area) -> frozenset[str]:
    if asked.interaction in {"order", "audit-read"}:
        return frozenset()
    if asked.interaction == "trace":
        return frozenset({"demographics"})
    if asked.asker.kind == "system":
        return EVERY_CATEGORY
    if asked.reads and is_of_directory(asked):
        return frozenset({"directory"})
    covered = may_read(asked.asker, area)
    return covered & {"product"} if is_of_products(asked) else covered


def _by_scopes(asked: Asked) -> frozenset[str]:
    """Of types that may be read or searched as a whole, and of that asked for, where a narrowed scope lets it be read or searched."""
    asker = asked.asker
    found = granted(asker.scopes, asker.kind)
    whole = {each.type for each in found if not each.category and ("r" in each.letters or "s" in each.letters)}
    if not asker.scopes or "*" in whole:
        return EVERY_CATEGORY
    types = whole | {each.type for each in found if each.category and each.type == asked.type}
    return frozenset({"directory"}).union(*map(categories_of, types))


_AREAS: dict[int, Area] = {}


def area_of(area: Area) -> int:
    """A number by which rows are remembered for an area."""
    _AREAS[id(area)] = area
    return id(area)


@lru_cache(maxsize=20_000)
def _rows(sight: Sight, area: int) -> frozenset[Row]:
    return frozenset(row for row in ROWS if _is_reached(row, sight, _AREAS[area]))


def _is_reached(row: Row, sight: Sight, area: Area) -> bool:
    """REDACTED nobody, the restricted in processing their own source alone; of others no sensitive row."""
    if "REDACTED" in row.labels or ("restricted-processing" in row.labels and row.source != sight.own):
        return False
    if sight.citizen and _said(row) & area.not_for_citizens:
        return False
    if row.category == "directory" and not row.labels:
        return True
    if row.category not in sight.categories:
        return False
    return row.source == sight.own or (not sight.own_only and not _is_sensitive(row, sight, area))


def _said(row: Row) -> frozenset[str]:
    return frozenset(label.rstrip("+") for label in row.labels)


def _is_sensitive(row: Row, sight: Sight, area: Area) -> bool:
    """A label alone of R is passed over in demographics without places or for the person; a sharing choice for citizens."""
    sensitive = _said(row) & area.sensitive
    if row.category in area.sensitive_categories:
        return True
    if sensitive == {"R"} and row.category == "demographics":
        return row.source not in area.restricts or (sight.places == "shown" and not sight.trusted)
    return bool(sensitive) and not (sight.citizen and sensitive == {"sharing-choice"})


@lru_cache(maxsize=20_000)
def _of_pairs(pairs: frozenset[tuple[str, str]]) -> frozenset[Row]:
    return frozenset(row for row in ROWS if (row.source, row.category) in pairs)


def places(asked: Asked, area: Area, *, own_only: bool) -> str:
    """Withheld of who is restricted from all but themself and own contributors; asked where nobody is named."""
    if own_only or (asked.asker.kind == "citizen" and _is_trusted(asked, area)):
        return "shown"
    if not names_somebody(asked):
        return "asked"
    return "withheld" if asked.standing.restricted else "shown"


def _is_trusted(asked: Asked, area: Area) -> bool:
    """The person themself; a proxy who may open the record only where the area says so."""
    proxy = area.proxies_see_places and is_proxy(asked.standing, area)
    return asked.standing.in_force("self") or proxy


def whose(asked: Asked, *, own_only: bool) -> str:
    """The person's or bucket's; who is not here has nobody's but for a system's write; where nobody is named it depends."""
    person = asked.standing.person
    system = asked.asker.kind == "system"
    if person in {"known", "shelf"}:
        return "the one asked for"
    if person == "unknown":
        return "everybody's" if system and asked.writes else "nobody's"
    everybody = asked.interaction == "trace" or is_of_products(asked) or system or (asked.writes and own_only)
    return "everybody's" if everybody else "nobody's"
