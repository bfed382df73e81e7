"""What a page of a record says where something is hidden from its reader with notice: that it is, and what they can do next."""

from dataclasses import dataclass
from typing import Final

from lhcr.access.alerts import AlertType
from lhcr.access.own_word import InForce
from lhcr.identity.principal import PrincipalKind
from lhcr.portal.presenters.own_word import WayLink, way_link
from lhcr.views.completeness import Completeness, Whereabouts

_TITLE: Final = "Some information is not shown to you"
_TO_STAFF: Final = "There are entries in this person's record that are deliberately hidden from you. Do not take what you see for all there is."
_NEXT_OF_STAFF: Final = "Ask the person what you need to know, or whoever cares for them."
_TO_PROXY: Final = "There are entries in this person's record that are not shown to you."
_NEXT_OF_PROXY: Final = "Ask the person, or the people who care for them."
_TO_PERSON: Final = "There are entries in your record that are not shown to you here."
_NEXT_OF_PERSON: Final = "Ask the people who care for you what they are about, such as your GP practice."


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePart:
    """`urgent` is the way to more of it for who cannot wait, None where the reader has none."""

    title: str
    sentence: str
    onward: str
    urgent: WayLink | None


def present_notice(
    found: Completeness, kind: PrincipalKind, *, key: str, ways: tuple[AlertType, ...], in_force: InForce
) -> NoticePart | None:
    """Return what is to be said, None where nothing is hidden with notice.

    Hazard: a sensitive item exposed. The same is said whatever is hidden and why, and on every page of the record.
    """
    if not found.noticed:
        return None
    sentence, onward = _TO_STAFF, _NEXT_OF_STAFF
    if kind is PrincipalKind.CITIZEN:
        own = found.whereabouts is Whereabouts.OWN
        sentence, onward = (_TO_PERSON, _NEXT_OF_PERSON) if own else (_TO_PROXY, _NEXT_OF_PROXY)
    may_begin = AlertType.ACCESS in ways and not in_force.emergency
    urgent = way_link(AlertType.ACCESS, key) if may_begin else None
    return NoticePart(title=_TITLE, sentence=sentence, onward=onward, urgent=urgent)
