"""Attempts that came to nothing, as the log tells them: sign-ins, tokens, searches that found nobody, records that were refused; pure.

Each by itself is somebody's slip. In number they are somebody who tries accounts, tokens or people, of whom the privacy office is told.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import parse_qs

from lhcr.access.office_policy import OfficePolicy
from lhcr.audit.entry import Entry, Outcome
from lhcr.identity.principal import PrincipalKind
from lhcr.office.case_clock import local_clock, local_day
from lhcr.office.case_kind import CaseKind

#: DICOM's code for the authentication of users and nodes.
_SIGNING_IN = "110114"
_ALERT = "alert"
#: The refusals of a professional, and of a citizen, who is a stranger to a record.
_STRANGE = {("rest", Outcome.REFUSED.value, rule) for rule in ("relationship", "own-record")}
_SLOWED = {"sign-in-slowed": CaseKind.SIGN_IN_ATTEMPTS, "tokens-slowed": CaseKind.REFUSED_TOKENS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`subject` is what is counted together: an origin, a client or a user. `slowed` says that it was many of them already."""

    kind: CaseKind
    organisation: str
    organisation_name: str
    subject: str
    user_id: str
    user_name: str
    role_name: str
    agent_kind: str
    at: datetime
    slowed: bool = False

    @property
    def key(self) -> tuple[str, CaseKind, str, date]:
        return (self.organisation, self.kind, self.subject, local_day(self.at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How often something came on one day."""

    first: datetime
    last: datetime
    times: int


def attempts(entries: Iterable[Entry], *, overseer: str, nobody: Collection[str]) -> list[Attempt]:
    """Return what of some entries came to nothing and is some office's to know.

    `overseer` is the organisation whose office reads of those who belong to none; `nobody` are the decisions of searches that found nobody.
    """
    found = (_attempt(entry, overseer=overseer, nobody=nobody) for entry in entries)
    return [each for each in found if each is not None and each.organisation]


def _attempt(entry: Entry, *, overseer: str, nobody: Collection[str]) -> Attempt | None:
    if entry.kind == _ALERT and entry.subtype in _SLOWED:
        origin = parse_qs(entry.query).get("origin", [""])[0]
        return _of(entry, _SLOWED[entry.subtype], subject=f"{entry.asked} {origin}".strip(), slowed=True)
    if entry.kind == _SIGNING_IN and entry.outcome == Outcome.REFUSED.value:
        if entry.agent.organisation:
            return _of(entry, CaseKind.REFUSED_TOKENS, subject=entry.agent.user)
        return _of(entry, CaseKind.SIGN_IN_ATTEMPTS, subject=entry.agent.user, organisation=overseer)
    if is_trace(entry) and entry.decision in nobody:
        return _of(entry, CaseKind.TRACES_OF_NOBODY, subject=entry.agent.user)
    if _is_refused_record(entry):
        return _of(entry, CaseKind.REFUSED_RECORDS, subject=entry.agent.user, organisation=_office(entry, overseer))
    return None


def _is_refused_record(entry: Entry) -> bool:
    """Return whether somebody asked for a record to which nothing ties them: somebody's, or that of an id or number that is nobody's."""
    return (entry.kind, entry.outcome, entry.rule) in _STRANGE


def _office(entry: Entry, overseer: str) -> str:
    return entry.agent.organisation or overseer


def is_trace(entry: Entry) -> bool:
    """Return whether an entry is a professional's search for a person."""
    return (
        entry.agent.kind == PrincipalKind.PROFESSIONAL.value
        and (entry.kind, entry.type, entry.subtype) == ("rest", "Patient", "search")
        and entry.person is None
        and entry.outcome == Outcome.SUCCESS.value
        and bool(entry.decision)
    )


def _of(entry: Entry, kind: CaseKind, *, subject: str, organisation: str = "", slowed: bool = False) -> Attempt:
    """Hazard: a citizen who is named where an office of a hospital reads of them; they are counted by a name that is not told."""
    agent = entry.agent
    is_citizen = agent.kind == PrincipalKind.CITIZEN.value
    return Attempt(
        kind=kind,
        organisation=organisation or agent.organisation,
        organisation_name=agent.organisation_name,
        subject=subject,
        user_id="" if is_citizen else agent.user,
        user_name=agent.name,
        role_name=agent.role_name,
        agent_kind=agent.kind,
        at=entry.recorded,
        slowed=slowed,
    )


def is_too_many(attempt: Attempt, counted: Counted, *, policy: OfficePolicy) -> bool:
    a_day = {
        CaseKind.TRACES_OF_NOBODY: policy.traces_of_nobody_a_day,
        CaseKind.REFUSED_RECORDS: policy.refused_records_a_day,
    }
    return attempt.slowed or counted.times > a_day.get(attempt.kind, policy.refusals_a_day)


def evidence(attempt: Attempt, counted: Counted) -> str:
    """Return how often and when, in a sentence that names nobody."""
    what = _WHAT[attempt.kind, attempt.slowed].format(subject=attempt.subject)
    began, ended = local_clock(counted.first), local_clock(counted.last)
    when = f"at {began:%H:%M}" if counted.times == 1 else f"{counted.times} times, from {began:%H:%M} to {ended:%H:%M}"
    return f"{what} {when}."


_WHAT = {
    (CaseKind.SIGN_IN_ATTEMPTS, True): "Signing in failed so often from one origin ({subject}) that it was slowed",
    (CaseKind.SIGN_IN_ATTEMPTS, False): "Somebody who proved who they are was not let in",
    (CaseKind.REFUSED_TOKENS, True): "Tokens were refused so often ({subject}) that it was slowed",
    # Hazard: somebody framed. What refuses a system has often no proof that it was that system.
    (CaseKind.REFUSED_TOKENS, False): "A system, or somebody who used its name, was refused",
    (CaseKind.TRACES_OF_NOBODY, False): "Searches for a person found nobody",
    (CaseKind.REFUSED_RECORDS, False): "Records were asked for and refused",
}
