"""Who looked at my record, in plain words: who, from where, when, why, and what kind of information."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from lhcr.audit.entry import APP, Agent
from lhcr.identity.principal import Principal
from lhcr.office.person_question import is_answered_for
from lhcr.office.privacy_case import PrivacyCase
from lhcr.portal.access_log import AccessPage
from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.page_place import written
from lhcr.portal.presenters.acting_system import system_words
from lhcr.portal.presenters.banner import BannerPage, present_banner
from lhcr.portal.presenters.person_question import AskedLine, present_asked
from lhcr.portal.presenters.row import Tag
from lhcr.views.access_history import Episode, episodes, is_asker, told_to_proxy
from lhcr.views.access_history_kinds import Kinds
from lhcr.views.completeness import Whereabouts
from lhcr.views.entry import Entry
from lhcr.views.record_view import RecordView
from lhcr.views.sections.table import SectionTable
from lhcr.views.written_date import from_datetime

_REFUSED: Final = Tag("Refused", "red")
_SOME_REFUSED: Final = Tag("Some of it refused", "orange")
_JOBS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "R8000": "Doctor or other clinician",
        "R8001": "Nurse",
        "R8003": "Health or care professional",
        "R8004": "Student",
        "R8006": "Medical secretary",
        "R8008": "Clinical support worker",
        "R8009": "Receptionist",
        "R8010": "Clerk",
        "R0001": "Privacy officer, who checks that access is right",
        "R5105": "Caldicott guardian, who protects confidentiality",
    }
)
_KINDS_OF_ASKER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "system": "A computer system, not a person",
        "citizen": "Somebody who signed in as a member of the public",
        "office": "Somebody who checks that access is right",
        "operator": "Somebody who runs this service",
    }
)
_WHY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "TREAT": "To care for {whom}",
        "ETREAT": "To care for {whom} in an emergency",
        "HOPERAT": "To run or check this service",
        "PATRQT": "Because {whom}, or somebody who acts for {whom}, asked to see it",
        "HRESCH": "For health research",
        "PUBHLTH": "To protect everybody's health",
    }
)
_CHOICE: Final = "consent"
_REFUSALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "role": "Their job does not let them see this.",
        "scope": "The system that they used was not allowed to ask for this.",
        "relationship": "Nothing that is recorded here said that they were caring for {whom}.",
        "own-record": "It is not their own record, and nothing here lets them act for {whom}.",
        _CHOICE: "A choice about sharing that is recorded here does not allow it.",
        "purpose": "Their reason for asking does not allow it.",
    }
)
_SAID: Final[Mapping[str, str]] = MappingProxyType(
    {
        "claim": "Said that they care for {whom}, which nothing here recorded. A privacy officer is told of it.",
        "emergency": "Opened the record as an emergency. A privacy officer is told of it.",
    }
)
_OTHER_REFUSAL: Final = "The rules of this service did not allow it."
#: Hazard: a sensitive item exposed. A system's name may tell of a clinic, so that somebody who acts for the person reads none.
_SOME_SYSTEM: Final = "a computer system"
_SOME_APP: Final = "an app"
_LOOKED: Final = "Looked at the record"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeLine:
    """`through` is the system that acted for them or the app that they used, empty where there was none; `what` are kinds of information; `refused` says why nothing, or not all of it, was shown; `proof` is the address of the
    proof that the last entry of it stands in the log.
    """

    when: str
    who: str
    through: str
    job: str
    organisation: str
    did: tuple[str, ...]
    why: str
    what: tuple[str, ...]
    tags: tuple[Tag, ...]
    refused: tuple[str, ...]
    reference: str
    proof: str
    not_right: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPage:
    """A day's episodes of others, and when the reader looked themself, in a sentence; empty where they did not."""

    title: str
    anchor: str
    lines: tuple[EpisodeLine, ...]
    own: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoLookedPage:
    """`own`: it is the reader's own record; `limits` says what somebody who acts for another is not shown, whatever there is."""

    banner: BannerPage
    where: RecordAddresses
    own: bool
    days: tuple[DayPage, ...]
    older: str
    newest: str
    nothing: str
    limits: str
    asked: tuple[AskedLine, ...] = ()
    may_ask: bool = False


def present_who_looked(
    view: RecordView,
    entries: Sequence[Entry],
    where: RecordAddresses,
    log: AccessPage,
    *,
    principal: Principal,
    table: SectionTable,
    newest: bool,
    asked: Sequence[PrivacyCase] | None = None,
) -> WhoLookedPage:
    """`entries` are those of the record that the reader may see; `newest`: it is the first page; `asked` what was asked about accesses
    before, None where nobody can ask.
    """
    own = view.completeness.whereabouts is Whereabouts.OWN
    kinds = Kinds(entries, table=table, closed=view.completeness.closed)
    told = _Telling(
        where,
        kinds,
        user=principal.user_id,
        whom="you" if own else view.banner.name.given or "them",
        own=own,
        may_ask=asked is not None,
    )
    shown = _shown(episodes(log.accesses), entries, principal, own=own)
    return WhoLookedPage(
        banner=present_banner(view),
        where=where,
        own=own,
        days=tuple(told.day(list(of_day)) for _, of_day in groupby(shown, key=attrgetter("day"))),
        older=f"{where.who_looked}?before={written(log.older)}" if log.older else "",
        newest="" if newest else where.who_looked,
        nothing=_nothing(more=log.older is not None),
        limits="" if own else _LIMITS,
        asked=present_asked(asked or (), user=principal.user_id),
        may_ask=asked is not None,
    )


_LIMITS: Final = (
    "You act for this person, so this page shows you less than it shows them. It leaves out when they or somebody else who acts for "
    "them looked, and organisations from which you can see no entry in this record. This protects people who need to be safe."
)


def _shown(found: Iterable[Episode], entries: Sequence[Entry], principal: Principal, *, own: bool) -> Iterable[Episode]:
    if own:
        return found
    sources = frozenset(entry.source.ods for entry in entries) - {""}
    return [each for each in found if is_asker(each, principal.user_id) or told_to_proxy(each, sources)]


def _nothing(*, more: bool) -> str:
    return f"Nobody whom this page can show looked {'in these days' if more else 'before you'}."


@dataclass(frozen=True, slots=True)
class _Telling:
    where: RecordAddresses
    kinds: Kinds
    user: str
    whom: str
    own: bool
    may_ask: bool = False

    def day(self, found: list[Episode]) -> DayPage:
        # What an app of the reader's own looked at is a line of its own: they may not know that it did.
        own = [each for each in found if is_asker(each, self.user) and each.through is None]
        return DayPage(
            title=from_datetime(found[0].last).shown,
            anchor=found[0].day.isoformat(),
            lines=tuple(self.line(each) for each in found if each not in own),
            own=_own(own),
        )

    def line(self, episode: Episode) -> EpisodeLine:
        return EpisodeLine(
            when=_when(episode),
            who="You" if is_asker(episode, self.user) else episode.agent.name or "Name not recorded",
            through=self.through(episode),
            job=_job(episode.agent),
            organisation=episode.agent.organisation_name or episode.agent.organisation,
            did=self.did(episode),
            why=_WHY.get(episode.purpose, "The reason was not recorded").format(whom=self.whom),
            what=self.kinds.of(episode.touched),
            tags=_tags(episode),
            refused=tuple(dict.fromkeys(self.refusal(rule) for rule in episode.refusals)),
            reference=episode.reference,
            proof=self.where.proof(episode.newest) if episode.newest else "",
            not_right=self.not_right(episode),
        )

    def through(self, episode: Episode) -> str:
        if self.own or is_asker(episode, self.user) or episode.through is None:
            return system_words(episode.through)
        return _SOME_APP if episode.through.kind == APP else _SOME_SYSTEM

    def not_right(self, episode: Episode) -> str:
        """Of what a member of the public did no office answers."""
        answered = self.may_ask and episode.newest and is_answered_for(episode.agent)
        return self.where.not_right(episode.newest) if answered else ""

    def refusal(self, rule: str) -> str:
        """What the person chose is told to them alone: somebody who acts for them may be the one from whom they keep it."""
        known = _REFUSALS if self.own else {key: said for key, said in _REFUSALS.items() if key != _CHOICE}
        return known.get(rule, _OTHER_REFUSAL).format(whom=self.whom)

    def did(self, episode: Episode) -> tuple[str, ...]:
        said = tuple(_SAID[each].format(whom=self.whom) for each in episode.said)
        return (*said, self._looked_at(episode))

    def _looked_at(self, episode: Episode) -> str:
        """Hazard: a sensitive item exposed. Only of a change that can be seen is it told that something was changed."""
        if not episode.looked:
            return "Tried to look at the record and was not shown anything"
        if self.kinds.of(episode.changed):
            return "Added to or changed the record"
        # An office that checks is told whom it is about as well: that is no look at the record, which it cannot open.
        return "Checked who had looked at the record" if episode.of_log or episode.agent.kind == "office" else _LOOKED


def _when(episode: Episode) -> str:
    first, last = from_datetime(episode.first).clock, from_datetime(episode.last).clock
    return first if first == last else f"{first} to {last}"


def _own(found: Sequence[Episode]) -> str:
    if not found:
        return ""
    first, last = min(each.first for each in found), max(each.last for each in found)
    start, end = from_datetime(first).clock, from_datetime(last).clock
    return f"at {start}" if start == end else f"between {start} and {end}"


def _job(agent: Agent) -> str:
    return _KINDS_OF_ASKER.get(agent.kind if agent.kind in {"system", "citizen"} else "") or (
        _JOBS.get(agent.role) or agent.role_name or _KINDS_OF_ASKER.get(agent.kind, "")
    )


def _tags(episode: Episode) -> tuple[Tag, ...]:
    if not episode.refusals:
        return ()
    return (_SOME_REFUSED,) if episode.looked else (_REFUSED,)
