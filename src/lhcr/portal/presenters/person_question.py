"""A person's question about an access: its form, and what became of those that were asked, in plain words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lhcr.audit.entry import Entry
from lhcr.kernel.errors import Incorrect
from lhcr.office.case_kind import CaseState
from lhcr.office.person_question import Doubt, read_doubt
from lhcr.office.privacy_case import PrivacyCase
from lhcr.portal.presenters.case_forms import read_words
from lhcr.portal.presenters.due_words import due_words
from lhcr.views.written_date import from_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedForm:
    doubt: Doubt
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionForm:
    """`errors` by field: `doubt` and `words`."""

    who: str
    organisation: str
    day: str
    action: str
    back: str
    doubts: tuple[Doubt, ...]
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def error_list(self) -> list[dict[str, str]]:
        places = {"doubt": f"doubt-{self.doubts[0].code}", "words": "words"}
        return [{"text": text, "href": f"#{places[name]}"} for name, text in self.errors.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """What was asked and what became of it. `by` says who asked where it was not the reader."""

    asked: str
    about: str
    by: str
    state: str
    told: str


def read_question(values: Mapping[str, str]) -> tuple[AskedForm | None, dict[str, str]]:
    errors: dict[str, str] = {}
    doubt: Doubt | None = None
    try:
        doubt = read_doubt(values.get("doubt", ""))
    except Incorrect as error:
        errors["doubt"] = error.issues[0].diagnostics
    words = read_words(values, "words", errors, shortest=0)
    return (None if doubt is None or errors else AskedForm(doubt=doubt, words=words)), errors


def present_question(
    entry: Entry, *, action: str, back: str, values: Mapping[str, str], errors: Mapping[str, str]
) -> QuestionForm:
    return QuestionForm(
        who=entry.agent.name or "Name not recorded",
        organisation=entry.agent.organisation_name or entry.agent.organisation,
        day=from_datetime(entry.recorded).shown,
        action=action,
        back=back,
        doubts=tuple(Doubt),
        values=values,
        errors=errors,
    )


def present_asked(cases: Sequence[PrivacyCase], *, user: str) -> tuple[AskedLine, ...]:
    return tuple(_asked(case, user=user) for case in cases)


def _asked(case: PrivacyCase, *, user: str) -> AskedLine:
    where = case.organisation_name or case.organisation
    somebody = "somebody who acts for this person" if case.by_proxy else "the person themself"
    return AskedLine(
        asked=from_datetime(case.noted).shown,
        about=f"{case.user_name or 'Somebody'}, {where}, on {from_datetime(case.began).shown}",
        by="" if case.asked_by == user else somebody,
        state=_state(case, where),
        told=case.told,
    )


def _state(case: PrivacyCase, where: str) -> str:
    if case.outcome is not None:
        on = f" on {from_datetime(case.closed).shown}" if case.closed else ""
        return f"Closed{on}. {case.outcome.told}"
    due = f" It aims to finish by {due_words(case.due)}." if case.due else ""
    if case.state is CaseState.ESCALATED or case.escalated:
        return f"The Caldicott guardian of {where}, who protects confidentiality there, is looking into it.{due}"
    if case.state is CaseState.ASKED:
        return f"The privacy office of {where} is looking into it and has asked who looked.{due}"
    return f"The privacy office of {where} is looking into it.{due}"
