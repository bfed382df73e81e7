"""The section "Sharing agreements between organisations": what sources do not share with the asker."""

from functools import lru_cache
from typing import Final, NamedTuple

from tests.access.second_reader.area import EVERY_CATEGORY, Area
from tests.access.second_reader.asked import OTHERS, Agreed, Asked
from tests.access.second_reader.standing_rules import in_emergency

_ABOUT_SOMEBODY: Final = EVERY_CATEGORY - {"directory", "product"}


class _User(NamedTuple):
    organisation: str
    user: str
    in_emergency: bool


def unshared(asked: Asked, area: Area) -> frozenset[tuple[str, str]]:
    """Pairs of a source and a category that agreements keep from a professional, and from nobody else."""
    asker = asked.asker
    if asker.kind != "professional":
        return frozenset()
    user = _User(asker.organisation, asker.user, in_emergency(asked))
    return _unshared(asked.agreements, user, otherwise=area.shares_otherwise)


@lru_cache(maxsize=1_000)
def _unshared(agreements: tuple[Agreed, ...], user: _User, *, otherwise: bool) -> frozenset[tuple[str, str]]:
    shared = {
        source: _shared(_closest(agreements, source, user.organisation), user, otherwise=otherwise) for source in OTHERS
    }
    return frozenset((source, kind) for source in OTHERS for kind in _ABOUT_SOMEBODY - shared[source])


def _shared(about: list[Agreed], user: _User, *, otherwise: bool) -> frozenset[str]:
    """A kind of entry that some in force is about, and all of those share; `other` only with all the rest."""
    if not about:
        return _ABOUT_SOMEBODY if otherwise else frozenset()
    now = [each for each in about if each.when == "now"]
    named = {kind: [each for each in now if not each.categories.isdisjoint({"*", kind})] for kind in _ABOUT_SOMEBODY}
    shared = frozenset(kind for kind, those in named.items() if those and all(_shares(each, user) for each in those))
    return shared if shared == _ABOUT_SOMEBODY else shared - {"other"}


def _closest(agreements: tuple[Agreed, ...], source: str, recipient: str) -> list[Agreed]:
    """Both by name; the source by name; the recipient by name; neither. One to come is about nobody yet."""
    begun = [each for each in agreements if each.when != "to come"]
    for one, other in ((source, recipient), (source, "*"), ("*", recipient), ("*", "*")):
        if found := [each for each in begun if one in each.sources and other in each.recipients]:
            return found
    return []


def _shares(agreed: Agreed, user: _User) -> bool:
    """Open with everybody, for testers with those whom it names, and in an emergency where it says so."""
    tester = agreed.state == "testers" and (user.organisation, user.user) in agreed.testers
    return agreed.state == "open" or tester or (agreed.in_emergency and user.in_emergency)
