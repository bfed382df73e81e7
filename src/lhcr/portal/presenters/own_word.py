"""What a page says of records that are opened on somebody's own word: the form that asks why, and until when it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from lhcr.access.alerts import LONGEST_WORDS, AlertReason, AlertType, read_reason, read_words
from lhcr.access.own_word import InForce, Word
from lhcr.kernel.errors import Incorrect
from lhcr.portal.addresses import record_address
from lhcr.portal.traced_people import TracedPerson
from lhcr.views.written_date import from_datetime

#: The last part of the addresses of a way.
SLUGS: Mapping[AlertType, str] = MappingProxyType({AlertType.RELATIONSHIP: "claim", AlertType.ACCESS: "emergency"})
_TITLE: Mapping[AlertType, str] = MappingProxyType(
    {AlertType.RELATIONSHIP: "Claim a relationship", AlertType.ACCESS: "Emergency access"}
)
_INTRO: Mapping[AlertType, str] = MappingProxyType(
    {
        AlertType.RELATIONSHIP: "Use this if you are caring for the person you chose and nothing has recorded it yet.",
        AlertType.ACCESS: "Use this if the person you chose needs care now and you cannot wait.",
    }
)
_ENDED: Mapping[str, str] = MappingProxyType(
    {
        SLUGS[AlertType.RELATIONSHIP]: "The relationship that you claimed has ended. It no longer opens the record.",
        SLUGS[AlertType.ACCESS]: "Emergency access has ended. It no longer opens the record.",
    }
)
_BUTTON: Mapping[AlertType, str] = MappingProxyType(
    {AlertType.RELATIONSHIP: "Claim and open the record", AlertType.ACCESS: "Begin emergency access"}
)
#: What a hidden element says; anything longer is no form of ours.
_LONGEST_FIELD: Final = 4 * LONGEST_WORDS


@dataclass(frozen=True, slots=True)
class WayLink:
    """A way past a refusal that a page offers."""

    title: str
    href: str
    does: str


def way_link(type_: AlertType, key: str) -> WayLink:
    """A link to the form of one way, for the record with a key."""
    does = (
        "You say why; your privacy officer is told."
        if type_ is AlertType.RELATIONSHIP
        else "For urgent care; your privacy officer is told."
    )
    return WayLink(_TITLE[type_], form_address(type_, key), does)


def ended_words(slug: str) -> str:
    """Return what is said after a way was ended, by the last part of its address; nothing for any other word."""
    return _ENDED.get(slug, "")


def form_address(type_: AlertType, key: str) -> str:
    return f"{record_address(key)}/{SLUGS[type_]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWordPage:
    """The form. `errors` by field: `reason` and `words`; `values` are what was sent; `person` is None where a trace shows nobody."""

    title: str
    person: TracedPerson | None
    intro: str
    told: tuple[str, ...]
    button: str
    action: str
    back: str
    reasons: tuple[AlertReason, ...]
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def error_list(self) -> list[dict[str, str]]:
        """As the error summary lists them, each with a link to what is to be put right."""
        first = f"reason-{self.reasons[0].code}"
        places = {"reason": first, "words": "words"}
        return [{"text": text, "href": f"#{places[name]}"} for name, text in self.errors.items()]


def present_form(
    type_: AlertType,
    key: str,
    *,
    person: TracedPerson | None,
    lasts: timedelta,
    values: Mapping[str, str],
    errors: Mapping[str, str],
) -> OwnWordPage:
    return OwnWordPage(
        person=person,
        title=_TITLE[type_],
        intro=_INTRO[type_],
        told=(
            f"The record opens for you alone, for {_time(lasts)}{_ended_before(type_)}.",
            "Your organisation's privacy officer is told at once who you are and why.",
            "The person can see that you looked.",
        ),
        button=_BUTTON[type_],
        action=form_address(type_, key),
        back=record_address(key),
        reasons=type_.reasons,
        values=values,
        errors=errors,
    )


def read_own_word(type_: AlertType, values: Mapping[str, str]) -> tuple[Word | None, Mapping[str, str]]:
    """Return what a form says, or what is wrong with it by field."""
    errors: dict[str, str] = {}
    reason: AlertReason | None = None
    words = ""
    try:
        reason = read_reason(type_, values.get("reason", ""))
    except Incorrect as error:
        errors["reason"] = error.issues[0].diagnostics
    try:
        words = read_words(values.get("words", "")[:_LONGEST_FIELD])
    except Incorrect as error:
        errors["words"] = error.issues[0].diagnostics
    return (None if reason is None or errors else Word(type=type_, reason=reason, words=words)), errors


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPart:
    """What stands above a record that is open on the reader's own word, or could be opened further. `urgent`: in an emergency."""

    sentence: str
    urgent: bool = False
    end: str = ""
    end_title: str = ""
    ways: tuple[WayLink, ...] = ()


def ways_to_more(ways: tuple[AlertType, ...], *, objected: bool) -> tuple[AlertType, ...]:
    """Return what may show more of a record that is open: a claim lifts no objection."""
    return tuple(way for way in ways if way is AlertType.ACCESS or not objected)


def present_opened(
    in_force: InForce, *, key: str, ways: tuple[AlertType, ...], own_only: bool
) -> tuple[OpenedPart, ...]:
    """Return what is to be said; nothing where the record is open for what is recorded."""
    parts = []
    if in_force.emergency:
        sentence = f"Emergency access until {_clock(in_force.emergency)}. Your privacy officer has been told."
        end = f"{form_address(AlertType.ACCESS, key)}/end"
        parts.append(OpenedPart(sentence=sentence, urgent=True, end=end, end_title="End emergency access"))
    elif in_force.claimed:
        sentence = f"You claimed a relationship with this person. It holds until {_clock(in_force.claimed)}."
        end = f"{form_address(AlertType.RELATIONSHIP, key)}/end"
        parts.append(OpenedPart(sentence=sentence, end=end, end_title="End my claim"))
    elif own_only and ways:
        links = tuple(way_link(way, key) for way in ways)
        parts.append(OpenedPart(sentence="To see what others wrote:", ways=links))
    return tuple(parts)


def _clock(until: datetime) -> str:
    return from_datetime(until).with_clock


def _time(lasts: timedelta) -> str:
    minutes = int(lasts.total_seconds()) // 60
    if minutes % 60:
        return f"{minutes} minutes"
    hours = minutes // 60
    return "1 hour" if hours == 1 else f"{hours} hours"


def _ended_before(type_: AlertType) -> str:
    return ", or until you end it or sign out" if type_ is AlertType.ACCESS else ", or until you end it"
