"""The page of one case: what happened, the evidence, the steps so far, and what can be done, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from lhcr.audit.entry import Entry, Outcome
from lhcr.office.case_kind import ATTEMPTS, CHOSEN_OUTCOMES, CaseKind, CaseState
from lhcr.office.case_kind import Outcome as CaseOutcome
from lhcr.office.privacy_case import CaseStep, PrivacyCase
from lhcr.portal.addresses import CASES, case_address, decision_address
from lhcr.portal.cases import ReadCase
from lhcr.portal.presenters.case_tags import due_of, moment_of, tags_of, who_of
from lhcr.portal.presenters.row import Tag
from lhcr.portal.traced_people import TracedPerson

_NOT_SHOWN: Final = "Somebody whose details are not shown to you"
#: What an entry of the log says that somebody did.
_DID: Final[Mapping[str, str]] = MappingProxyType(
    {
        "operation": "Opened the whole record",
        "read": "Opened an entry",
        "vread": "Opened an earlier version of an entry",
        "history": "Opened earlier versions",
        "search": "Looked for entries in the record",
        "disclosure": "Found this person in a search",
        "create": "Added an entry",
        "update": "Changed an entry",
        "patch": "Changed an entry",
        "delete": "Removed an entry",
        "claim": "Said that they care for the person",
        "claim-ended": "Ended what they had said about caring for the person",
        "emergency": "Began an emergency access",
        "emergency-ended": "Ended an emergency access",
    }
)
_STORIES: Final[Mapping[CaseKind, str]] = MappingProxyType(
    {
        CaseKind.CLAIM: "{who} said that they care for this person, which nothing recorded, and could open the record from {began} to {ended}.",
        CaseKind.EMERGENCY: "{who} opened an emergency session about this person, from {began} to {ended}.",
        CaseKind.NO_MATCHING_ACTIVITY: "{who} opened this person's record on {began}.",
        CaseKind.BULK: "{who} opened many people's records within an hour. The record on this page, on {began}, was the one too many.",
        CaseKind.OUT_OF_HOURS: "{who} opened this person's record on {began}.",
        CaseKind.SAME_FAMILY_NAME: "{who} opened this person's record on {began}.",
        CaseKind.SAME_ADDRESS: "{who} opened this person's record on {began}.",
        CaseKind.OWN_RECORD: "{who} opened this record on {began}.",
        CaseKind.PERSON: "{asker} asked about an access by {who} on {began}.",
        CaseKind.SIGN_IN_ATTEMPTS: "Attempts to sign in failed in number, the first on {began}.",
        CaseKind.REFUSED_TOKENS: "{who} was refused in number, first on {began}.",
        CaseKind.TRACES_OF_NOBODY: "{who} looked for people and found nobody, again and again, first on {began}.",
        CaseKind.REFUSED_RECORDS: "{who} asked for records and was refused, again and again, first on {began}.",
    }
)  # fmt: skip
_OWN_WORD: Final = frozenset({CaseKind.CLAIM, CaseKind.EMERGENCY})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    when: str
    did: str
    reference: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    what: str
    when: str
    who: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """`story` says what happened in a sentence; `said` what somebody said in their own words. `errors` by field, `values` as they were
    sent, `changed` that somebody else did something meanwhile.
    """

    case: PrivacyCase
    title: str
    tags: tuple[Tag, ...]
    due: str
    story: str
    said: str
    said_by: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[LogLine, ...]
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]
    steps: tuple[StepLine, ...]
    outcomes: tuple[CaseOutcome, ...]
    can_ask: bool
    can_escalate: bool
    tells_person: bool
    about_nobody: bool
    action: str
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    changed: bool = False

    @property
    def error_list(self) -> list[dict[str, str]]:
        return [{"text": text, "href": f"#{name}"} for name, text in self.errors.items()]

    @property
    def back(self) -> str:
        return CASES


def present_case(
    read: ReadCase,
    *,
    now: datetime,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    changed: bool = False,
) -> CasePage:
    case = read.file.case
    is_asked = case.kind is CaseKind.PERSON
    return CasePage(
        case=case,
        title=case.kind.display,
        tags=tags_of(case, now=now),
        due=due_of(case),
        story=_story(case),
        said=case.words,
        said_by=_said_by(case),
        facts=tuple(_facts(case, read.person)),
        lines=tuple(_lines(read.entries)),
        speaks_for=read.evidence,
        speaks_against=_against(read, now=now),
        steps=tuple(map(_step, read.file.steps)),
        outcomes=CHOSEN_OUTCOMES,
        can_ask=case.can_be_asked and case.state is not CaseState.ASKED,
        can_escalate=not case.escalated,
        tells_person=is_asked,
        about_nobody=case.kind in ATTEMPTS,
        action=case_address(case.case_id),
        values=values or {},
        errors=errors or {},
        changed=changed,
    )


def _story(case: PrivacyCase) -> str:
    asker = "Somebody who acts for this person" if case.by_proxy else "This person"
    told = {"who": who_of(case), "began": moment_of(case.began), "ended": moment_of(case.ended), "asker": asker}
    return _STORIES[case.kind].format(**told)


def _said_by(case: PrivacyCase) -> str:
    if case.kind is CaseKind.PERSON:
        return "What they wrote"
    return "What the user wrote" if case.kind in _OWN_WORD else "Why it was noticed"


def _facts(case: PrivacyCase, person: TracedPerson | None) -> Iterable[tuple[str, str]]:
    about = (person.name, person.nhs_number, f"born {person.born}" if person.born else "") if person else (_NOT_SHOWN,)
    if case.kind not in ATTEMPTS:
        yield "Person", " · ".join(part for part in about if part)
    yield "User", f"{who_of(case)} ({case.user_id})" if case.user_id else who_of(case)
    yield "Organisation", case.organisation_name or case.organisation
    if case.forgotten:
        yield "Words removed", f"{moment_of(case.forgotten)}: its time was over"
    if case.opened:
        yield "Case opened", moment_of(case.opened)
    if case.outcome:
        yield "Closed", f"{moment_of(case.closed)}: {case.outcome.display}" if case.closed else case.outcome.display


def _lines(entries: Iterable[Entry]) -> Iterable[LogLine]:
    for entry in entries:
        if entry.type == "AuditEvent":
            continue
        yield LogLine(
            when=moment_of(entry.recorded),
            did=_did(entry),
            reference=entry.decision,
            href=decision_address(entry.decision),
        )


def _did(entry: Entry) -> str:
    if entry.outcome == Outcome.REFUSED.value:
        return "Tried to look at the record and was refused"
    return _DID.get(entry.subtype, "Did something else")


def _against(read: ReadCase, *, now: datetime) -> tuple[str, ...]:
    case = read.file.case
    found = []
    if not read.evidence and case.kind not in ATTEMPTS:
        found.append(
            "No registration, encounter, referral, appointment or dispensing at the organisation is recorded about that time."
        )
    if case.kind in _OWN_WORD and case.ended <= now and not any(_opened(entry, case) for entry in read.entries):
        found.append("Nothing was opened while it held.")
    if case.kind not in {*_OWN_WORD, CaseKind.PERSON}:
        found.append(case.words)
    return tuple(found)


def _opened(entry: Entry, case: PrivacyCase) -> bool:
    reads = entry.kind == "rest" and entry.type != "AuditEvent" and entry.outcome == Outcome.SUCCESS.value
    return reads and case.began <= entry.recorded <= case.ended


def _step(step: CaseStep) -> StepLine:
    who = ", ".join(part for part in (step.actor_name, step.actor_role) if part)
    return StepLine(what=step.what.display, when=moment_of(step.at), who=who, words=step.words)
