"""What a user is asked by their privacy office: a list that names nobody, and one question about one access."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lhcr.office.case_kind import CaseKind
from lhcr.office.privacy_case import CaseStep, PrivacyCase
from lhcr.portal.addresses import question_address
from lhcr.portal.presenters.case_tags import moment_of
from lhcr.portal.traced_people import TracedPerson

_OWN_WORD: Final = frozenset({CaseKind.CLAIM, CaseKind.EMERGENCY})


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsPage:
    """What waits for an answer, as address and words that name nobody."""

    waiting: tuple[tuple[str, str], ...]


def present_questions(cases: Sequence[PrivacyCase]) -> QuestionsPage:
    return QuestionsPage(
        waiting=tuple(
            (question_address(case.case_id), f"About a record that you opened on {moment_of(case.began)}")
            for case in cases
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPage:
    """What a user is asked, and about which access; `person` is empty where whom it is about is not shown."""

    case: PrivacyCase
    asked: str
    when: str
    person: str
    own_words: str
    action: str
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def error_list(self) -> list[dict[str, str]]:
        return [{"text": text, "href": f"#{name}"} for name, text in self.errors.items()]


def present_question(
    case: PrivacyCase,
    steps: Sequence[CaseStep],
    person: TracedPerson | None,
    *,
    action: str,
    values: Mapping[str, str],
    errors: Mapping[str, str],
) -> QuestionPage:
    about = (person.name, person.nhs_number, f"born {person.born}" if person.born else "") if person else ()
    return QuestionPage(
        case=case,
        asked=steps[-1].words if steps else "",
        when=moment_of(case.began),
        person=" · ".join(part for part in about if part),
        own_words=case.words if case.kind in _OWN_WORD else "",
        action=action,
        values=values,
        errors=errors,
    )
