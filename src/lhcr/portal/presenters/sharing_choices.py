"""What the page of sharing choices says: what is shared today and with whom, what was chosen, and the form to choose by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from lhcr.access.consent import EVERY, Consents, consents_of
from lhcr.access.own_choice import PEOPLE, Choice, ChoiceKind, categories_to_choose, read_choice
from lhcr.access.policy import Policy
from lhcr.kernel.errors import Incorrect
from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.presenters.banner import BannerPage, present_banner
from lhcr.portal.presenters.sharing_words import (
    OPT_OUT,
    choice_words,
    kind_of_entry,
    not_stopped,
    not_stopped_by,
    sentences,
)
from lhcr.portal.sharing_choices import Sharing
from lhcr.record.own_choice import OwnChoice
from lhcr.views.completeness import Whereabouts
from lhcr.views.entry import Entry
from lhcr.views.record_view import RecordView
from lhcr.views.written_date import from_datetime, read_date

_NAMED: Final = frozenset({ChoiceKind.ORGANISATION, ChoiceKind.SOURCE, ChoiceKind.CATEGORY})
_LONGEST: Final = 64
#: What the field of a form is called in which something must be put right.
_PLACES: Final[Mapping[str, str]] = MappingProxyType({"kind": "choose-whole"})
_ALL: Final = "Sees what the others wrote while it cares for {whom}"
_PART: Final = "Sees what the others wrote while it cares for {whom}, but not what is kept back below"
_NONE: Final = "Sees only what it wrote itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sees:
    """An organisation that wrote in the record, and what of the others' it sees today."""

    name: str
    sees: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceLine:
    """A choice that counts, or did. `by` says who chose where that was not the person; `withdraw` is where to take it back."""

    words: str
    since: str
    by: str
    not_stopped: str
    withdraw: str = ""
    withdrawn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedLine:
    """An objection that an organisation recorded and that counts."""

    words: tuple[str, ...]
    who: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    value: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingPage:
    """`own`: it is the reader's own record; `is_shared`: nothing in force keeps all of it from everybody but who wrote it. `errors` by field, `values` as they were sent."""

    banner: BannerPage
    where: RecordAddresses
    own: bool
    whose: str
    whom: str
    is_shared: bool
    sees: tuple[Sees, ...]
    choices: tuple[ChoiceLine, ...]
    recorded: tuple[RecordedLine, ...]
    past: tuple[ChoiceLine, ...]
    not_stopped: tuple[tuple[str, str], ...]
    opt_out: str
    organisations: tuple[Option, ...]
    sources: tuple[Option, ...]
    categories: tuple[Option, ...]
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def error_list(self) -> list[dict[str, str]]:
        return [{"text": text, "href": f"#{_PLACES.get(name, name)}"} for name, text in self.errors.items()]


def read_sharing_form(values: Mapping[str, str], *, policy: Policy) -> tuple[Choice | None, Mapping[str, str]]:
    """Return the choice of a form, or what is wrong with it by field."""
    kind = values.get("kind", "")[:_LONGEST]
    try:
        return read_choice(kind, values.get(kind, "")[:_LONGEST], policy=policy), {}
    except Incorrect as error:
        is_named = kind in {each.value for each in _NAMED}
        return None, {kind if is_named else "kind": error.issues[0].diagnostics}


def present_sharing(
    view: RecordView,
    entries: Sequence[Entry],
    where: RecordAddresses,
    sharing: Sharing,
    *,
    policy: Policy,
    now: datetime,
    values: Mapping[str, str],
    errors: Mapping[str, str],
) -> SharingPage:
    """`entries` are those of the record that the reader may see: of an organisation of which they see none nothing is told."""
    own = view.completeness.whereabouts is Whereabouts.OWN
    writers = {each.source.ods: each.source.shown for each in view.completeness.sources if each.source.ods}
    writers.pop(PEOPLE, None)
    names = {**sharing.organisations, **writers}
    telling = _Telling(where=where, sharing=sharing, names=names, policy=policy, now=now)
    whom = "you" if own else "this person"
    stand, past = telling.choices()
    return SharingPage(
        banner=present_banner(view),
        where=where,
        own=own,
        whose="your" if own else "this",
        whom=whom,
        is_shared=telling.sees_of("") != _NONE,
        sees=tuple(telling.sees(writers, whom=whom)),
        choices=stand,
        recorded=tuple(telling.recorded(entries)),
        past=past,
        not_stopped=not_stopped(policy, own=own),
        opt_out=OPT_OUT,
        organisations=_options(sharing.organisations),
        sources=_options(writers),
        categories=_by_text((each, kind_of_entry(each)) for each in categories_to_choose(policy)),
        values=values,
        errors=errors,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    where: RecordAddresses
    sharing: Sharing
    names: Mapping[str, str]
    policy: Policy
    now: datetime

    def sees(self, writers: Mapping[str, str], *, whom: str) -> Iterator[Sees]:
        for ods, name in sorted(writers.items(), key=lambda each: each[1]):
            yield Sees(name=name, sees=self.sees_of(ods).format(whom=whom))

    def sees_of(self, ods: str) -> str:
        """What an organisation sees; of an empty code: one that nobody named."""
        return _seen(self._consents(ods))

    def _consents(self, ods: str) -> Consents:
        """As a decision about somebody of an organisation reads them."""
        numbered = enumerate(self.sharing.said.counted.values())
        rows = [(rid, fact) for rid, facts in numbered for fact in facts if fact.organisation in {ods, EVERY}]
        return consents_of(rows, now=self.now)

    def choices(self) -> tuple[tuple[ChoiceLine, ...], tuple[ChoiceLine, ...]]:
        """Return the choices that stand and those that were taken back, each the newest first."""
        said = sorted(self.sharing.said.choices, key=_changed, reverse=True)
        stand = tuple(self._line(each) for each in said if each.in_force)
        return stand, tuple(self._line(each) for each in said if not each.in_force)

    def _line(self, each: OwnChoice) -> ChoiceLine:
        return ChoiceLine(
            words=choice_words(each.choice, self.names),
            since=_day(each.consent["dateTime"]),
            by="" if each.is_by_person else "Chosen by somebody who acts for this person",
            not_stopped=not_stopped_by(each.choice, self.names, self.policy.file.consent),
            withdraw=self.where.withdraw(each.id) if each.in_force and each.withdrawable else "",
            withdrawn="" if each.in_force else _day(_changed(each)),
        )

    def recorded(self, entries: Sequence[Entry]) -> Iterator[RecordedLine]:
        """Yield what organisations recorded that counts now, as far as the reader may see it."""
        for entry in entries:
            facts = self.sharing.said.counted.get(entry.reference.removeprefix("Consent/"), ())
            counted = [each for each in facts if each.low <= self.now < each.high]
            if entry.source.ods != PEOPLE and counted:
                yield RecordedLine(
                    words=sentences(counted, self.names),
                    who=entry.source.shown,
                    since=from_datetime(entry.recorded).shown if entry.recorded else "",
                )


def _seen(consents: Consents) -> str:
    if any(each.is_to_all for each in consents.objections):
        return _NONE
    return _PART if consents.objections else _ALL


def _changed(choice: OwnChoice) -> str:
    changed: str = choice.consent["meta"]["lastUpdated"]
    return changed


def _day(instant: str) -> str:
    written = read_date(instant)
    return written.shown if written else ""


def _options(names: Mapping[str, str]) -> tuple[Option, ...]:
    return _by_text((ods, name if name == ods else f"{name} ({ods})") for ods, name in names.items())


def _by_text(items: Iterator[tuple[str, str]]) -> tuple[Option, ...]:
    found = (Option(value=value, text=text) for value, text in items)
    return tuple(sorted(found, key=lambda each: each.text.casefold()))
