"""The own choice: what a person says on their own page of who may see their record, and who may say it for them.

It is a person's word about themself and no clinical entry: people still write none. A choice objects and never opens anything; it
lies in the record as a Consent of the source `PEOPLE`, and counts beside what organisations recorded, so that the stricter holds.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from lhcr.access.case import Case
from lhcr.access.consent import NOT_TO_BE_OBJECTED_TO
from lhcr.access.consent_policy import ChoosingProxy
from lhcr.access.policy import OTHER, Policy
from lhcr.access.relationship import PARENT, PROXY, SELF
from lhcr.access.verdict import Verdict, deny_always, permit
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.nhs.ods import OdsCode

RULE: Final = "own-choice"
#: The source of what people say themselves. No ODS code has this form, so that no organisation's token ever speaks for it.
PEOPLE: Final = "people-themselves"


class ChoiceKind(Enum):
    """What is kept from whom, by the word of a form."""

    WHOLE = "whole"
    """Everything, from everybody but who wrote it."""
    ORGANISATION = "organisation"
    """Everything that others wrote, from one organisation."""
    SOURCE = "source"
    """What one organisation wrote, from all others."""
    CATEGORY = "category"
    """One kind of entry, from everybody but who wrote it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """`named` is the ODS code or the category that is meant, empty for the whole record."""

    kind: ChoiceKind
    named: str = ""


def categories_to_choose(policy: Policy) -> tuple[str, ...]:
    """Return the kinds of entry that somebody can object to by name. `other` goes with each of them."""
    return tuple(each for each in policy.categories if each not in NOT_TO_BE_OBJECTED_TO | {OTHER})


def read_choice(kind: str, named: str, *, policy: Policy) -> Choice:
    """Return what a form says. Raises Incorrect (`choice-missing`, `choice-unknown`); whether an organisation is known is not asked."""
    try:
        chosen = ChoiceKind(kind)
    except ValueError as error:
        raise _incorrect("choice-missing", "Choose what you do not want to be shared.") from error
    if chosen is ChoiceKind.WHOLE:
        return Choice(chosen)
    if chosen is ChoiceKind.CATEGORY:
        if named not in categories_to_choose(policy):
            raise _incorrect("choice-unknown", "Choose a kind of information.")
        return Choice(chosen, named)
    try:
        return Choice(chosen, OdsCode(named).value)
    except Incorrect as error:
        raise _incorrect("choice-unknown", "Choose an organisation.") from error


def judge_choice(case: Case) -> Verdict:
    """Whether the asker may say what the person chooses: the person, or a proxy of a kind that policy names.

    Hazard: somebody from whom a person keeps their record lifts what keeps it, or closes it to those who would help.
    """
    asker, policy = case.principal, case.policy.file.consent
    if asker.kind is not PrincipalKind.CITIZEN:
        return deny_always(RULE, "What a person chooses about sharing is theirs to say.")
    if asker.scopes:
        return deny_always(RULE, "An app does not choose for a person; they do so themself, in the portal.")
    if not policy.takes_own_word:
        return deny_always(
            RULE, "In this area people say what they choose about sharing to an organisation that cares for them."
        )
    in_force = {tie.kind for tie in case.ties if tie.until is not None}
    if case.competence.person_may and SELF in in_force:
        return permit(RULE, "It is the person's own choice.")
    parents = PARENT in in_force and case.competence.parents_may and ChoosingProxy.PARENTAL in policy.proxies
    appointed = PROXY in in_force and case.competence.person_may and ChoosingProxy.APPOINTED in policy.proxies
    if parents or appointed:
        return permit(RULE, "The asker is a proxy whom the area lets choose for this person.")
    return deny_always(RULE, "Only the person themself chooses about sharing here.")


def may_be_led_to_choose(principal: Principal, *, own: bool, policy: Policy) -> bool:
    """Whether a page of a record leads its reader to where choices are made: their own record, or any where proxies may choose.

    Hazard: a proxy who is told that there may be a choice which is kept from them. Whether they may is asked there.
    """
    consent = policy.file.consent
    may_somebody = consent.takes_own_word and (own or bool(consent.proxies))
    return principal.kind is PrincipalKind.CITIZEN and may_somebody


def is_the_person(case: Case) -> bool:
    """Whether it is the person themself who asks."""
    return case.competence.person_may and any(tie.kind == SELF and tie.until is not None for tie in case.ties)


def _incorrect(error: str, diagnostics: str) -> Incorrect:
    return Incorrect([Issue(code="value", error=error, diagnostics=diagnostics)], status=422)
