"""The sections on objections, purpose and secondary use, and what objections hide."""

from tests.access.second_reader.area import EVERY_CATEGORY, Area
from tests.access.second_reader.asked import ABSTAIN, APART, LIFTABLE, OTHERS, PERMIT, REFUSE, Asked, Objection
from tests.access.second_reader.standing_rules import in_emergency, relationship
from tests.access.second_reader.subject import is_about_nobody, names_somebody


def _looked_at(asked: Asked, area: Area) -> list[Objection]:
    """Of professionals who ask for what is about a person, where a relationship permits or inside an emergency."""
    if asked.asker.kind != "professional" or asked.interaction in APART or is_about_nobody(asked):
        return []
    if asked.standing.person != "known":
        return []
    looked = in_emergency(asked) or relationship(asked, area) == PERMIT
    return [each for each in asked.standing.objections if each.in_force] if looked else []


def _is_whole(objection: Objection) -> bool:
    """To the whole record and without exceptions."""
    return ("", "") in objection.denied and not objection.excepted


def consent(asked: Asked, area: Area) -> str:
    """An objection to the whole refuses; one that is not lifted does not refuse those who contributed, or who write."""
    whole = [each for each in _looked_at(asked, area) if _is_whole(each)]
    own = asked.writes or asked.standing.ever("contribution")
    if not whole or (own and reaches_own_alone(asked, area)):
        return ABSTAIN
    return REFUSE if REFUSE in {_strength(each, area) for each in whole} else LIFTABLE


def _strength(objection: Objection, area: Area) -> str:
    """To a part, to the asker's organisation by name, or to everybody: an area says of each whether an emergency lifts it."""
    if ("", "") not in objection.denied:
        return area.objections["part"]
    return area.objections["name" if objection.by_name else "everybody"]


def _is_lifted(objection: Objection, asked: Asked, area: Area) -> bool:
    return in_emergency(asked) and _strength(objection, area) == LIFTABLE


def reaches_own_alone(asked: Asked, area: Area) -> bool:
    """Of an objection to the whole that is not lifted nothing is left but the own organisation's contributions."""
    return any(_is_whole(each) and not _is_lifted(each, asked, area) for each in _looked_at(asked, area))


def hidden(asked: Asked, area: Area) -> frozenset[tuple[str, str]]:
    """Pairs of a source and a category that an objection hides which is not lifted."""
    parts = [each for each in _looked_at(asked, area) if not _is_lifted(each, asked, area)]
    return frozenset[tuple[str, str]]().union(*map(_hidden_by, parts))


def _hidden_by(objection: Objection) -> frozenset[tuple[str, str]]:
    pairs = {(source, kind) for source in OTHERS for kind in EVERY_CATEGORY - {"directory", "product"}}
    named = {pair for pair in pairs if _names(objection.denied, pair)}
    with_other = {(source, "other") for source, _ in named}
    return frozenset(pair for pair in named | with_other if not _names(objection.excepted, pair))


def _names(parts: frozenset[tuple[str, str]], pair: tuple[str, str]) -> bool:
    return any(part[0] in {"", pair[0]} and part[1] in {"", pair[1]} for part in parts)


def purpose(asked: Asked, area: Area) -> str:
    """It must fit the kind of asker; emergency treatment fits inside the emergency alone."""
    fits = asked.asker.purpose in area.purposes[asked.asker.kind]
    return ABSTAIN if in_emergency(asked) or fits else REFUSE


def secondary_use(asked: Asked, area: Area) -> str:
    """Nobody named is refused, and who opted out or of whom it is not told; silent where the relationship refuses."""
    if asked.asker.purpose not in area.secondary:
        return ABSTAIN
    if not names_somebody(asked):
        return REFUSE
    if relationship(asked, area) in {LIFTABLE, REFUSE}:
        return ABSTAIN
    return ABSTAIN if asked.standing.opted_out == "no" else REFUSE
