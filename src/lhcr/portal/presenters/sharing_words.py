"""Words for what is shared and what is not: kinds of entry, objections as sentences, and what a choice does not stop.

What is not stopped is said from policy. Hazard: somebody who believes that nobody can see what somebody can.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from lhcr.access.consent import EVERY, ConsentFact
from lhcr.access.consent_policy import ConsentPolicy, Strength
from lhcr.access.own_choice import Choice, ChoiceKind
from lhcr.access.policy import OTHER, Policy

#: Where choices about research and planning are made, which are nobody's here.
OPT_OUT: Final = "https://www.nhs.uk/your-nhs-data-matters/"
_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "medication": "Medicines",
        "allergy": "Allergies and bad reactions",
        "problem": "Health problems and diagnoses",
        "formulation": "Assessments and risks",
        "family-history": "Family history",
        "procedure": "Operations and procedures",
        "request": "Referrals and requests",
        "investigation": "Tests that were asked for",
        "result": "Test results",
        "observation": "Observations and questionnaires",
        "examination": "Examinations and measurements",
        "encounter": "Visits and stays",
        "document": "Letters and documents",
        "vaccination": "Vaccinations",
        "care-plan": "Care plans",
        "consent": "Consents",
        "list": "Lists",
        "administrative": "Appointments and bookings",
        OTHER: "Other information",
    }
)


def kind_of_entry(category: str) -> str:
    """Return a category in plain words; an area's own as it is called there."""
    return _KINDS.get(category) or category.replace("-", " ").capitalize()


def kept_back(fact: ConsentFact, names: Mapping[str, str]) -> str:
    """Return what a fact keeps from whom, whoever said it."""
    what = kind_of_entry(fact.category) if fact.category != EVERY else "Everything"
    source = f" that {_named(fact.source, names)} wrote" if fact.source != EVERY else ""
    whom = _named(fact.organisation, names) if fact.organisation != EVERY else "anybody but who wrote it"
    return f"{what}{source} is not shared with {whom}"


def choice_words(choice: Choice, names: Mapping[str, str]) -> str:
    """Return what somebody chose, as they would say it."""
    if choice.kind is ChoiceKind.WHOLE:
        return "Nothing is shared: each organisation sees only what it wrote itself"
    if choice.kind is ChoiceKind.CATEGORY:
        return f"{kind_of_entry(choice.named)}: not shared with anybody but who wrote it"
    named = _named(choice.named, names)
    if choice.kind is ChoiceKind.ORGANISATION:
        return f"{named} may not see what others wrote"
    return f"What {named} wrote is not shared with others"


def not_stopped_by(choice: Choice, names: Mapping[str, str], policy: ConsentPolicy) -> str:
    """Return the nearest things that one choice does not stop."""
    named = _named(choice.named, names)
    said = {
        ChoiceKind.WHOLE: "each organisation seeing and adding to what it wrote itself",
        ChoiceKind.ORGANISATION: f"{named} seeing and adding to what it wrote itself",
        ChoiceKind.SOURCE: f"{named} seeing and adding to what it wrote itself",
        ChoiceKind.CATEGORY: "whoever wrote such an entry seeing it, or a letter of another kind from naming it",
    }[choice.kind]
    return f"{said}; or emergency access" if _lifted(choice.kind, policy) else said


def not_stopped(policy: Policy, *, own: bool) -> tuple[tuple[str, str], ...]:
    """Return what no choice stops, or some do not, as heading and sentence."""
    whose, whom = ("your", "you") if own else ("this", "this person")
    return (
        _emergency(policy, whose=whose),
        *_told(policy, whose=whose),
        (
            "What an organisation wrote itself",
            "It answers for that, sees it and adds to it. A choice here does not change what it keeps in its own systems.",
        ),
        (
            f"Finding {whom}",
            f"Staff who look for {whom} by name or NHS number still find that there is a record, and who {whom} {'are' if own else 'is'}.",
        ),
        ("What was read already", "Nobody can take back what somebody has already read, printed or sent."),
        (
            "What a letter mentions",
            "A letter, or a note of another kind, that is still shared may mention what you keep back.",
        ),
        ("The law", "A court, or a law, can require that something is shown. Each such order is written to the log."),
        (
            "Checking who looked",
            f"Staff whose job is to check that access is right see who looked at {whose} record, and when.",
        ),
        (
            f"{'You' if own else 'The person'}, and who acts for {'you' if own else 'them'}",
            f"A choice never hides anything from {whom}, or from somebody who acts for {whom}.",
        ),
    )


def _emergency(policy: Policy, *, whose: str) -> tuple[str, str]:
    strengths = {_strength(kind, policy.file.consent) for kind in ChoiceKind}
    opened = (
        f"staff who may do so can open {whose} record for {policy.file.emergency.minutes} minutes. They must say why, their privacy "
        "office is told, and it is shown under Who has looked."
    )
    if strengths == {Strength.UNLESS_EMERGENCY}:
        return "An emergency", f"In an emergency {opened}"
    if Strength.UNLESS_EMERGENCY in strengths:
        return "An emergency", f"Some choices do not hold in an emergency, when {opened}"
    return (
        "An emergency is stopped too",
        "Even in an emergency choices hold here. Tell the people who care for you what they must know.",
    )


def _told(policy: Policy, *, whose: str) -> tuple[tuple[str, str], ...]:
    """Hazard: somebody who believes that nobody knows that they keep something back."""
    if not policy.file.notice.objection:
        return ()
    said = f"Staff who open {whose} record and do not see all of it are told that something is not shown to them. They are not told what."
    return (("That something is kept back", said),)


def _lifted(kind: ChoiceKind, policy: ConsentPolicy) -> bool:
    return _strength(kind, policy) is Strength.UNLESS_EMERGENCY


def _strength(kind: ChoiceKind, policy: ConsentPolicy) -> Strength:
    if kind is ChoiceKind.WHOLE:
        return policy.to_everybody
    return policy.to_an_organisation if kind is ChoiceKind.ORGANISATION else policy.to_a_part


def _named(ods: str, names: Mapping[str, str]) -> str:
    return names.get(ods, ods)


def sentences(facts: Iterable[ConsentFact], names: Mapping[str, str]) -> tuple[str, ...]:
    """Return what several facts of one Consent keep back, each once; what they except is said to be excepted."""
    return tuple(
        dict.fromkeys(
            f"Except: {kept_back(each, names).replace(' is not shared', ' is shared')}"
            if each.permits
            else kept_back(each, names)
            for each in facts
        )
    )
