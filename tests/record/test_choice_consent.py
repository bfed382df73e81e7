"""A choice as a Consent: valid FHIR that says, by the projection that reads everybody's Consents, exactly what was chosen."""

from datetime import UTC, datetime

import pytest

from lhcr.access.consent import EVERY
from lhcr.access.consent_projection import project_consent
from lhcr.access.own_choice import PEOPLE, Choice, ChoiceKind, categories_to_choose
from lhcr.access.policy import baseline_policy
from lhcr.access.projection import Said
from lhcr.fhir.validation import validate
from lhcr.kernel.json_types import JsonObject
from lhcr.record.choice_consent import choice_in, consent_of, is_by_person, withdrawn

NOW = datetime(2026, 3, 15, 9, 30, tzinfo=UTC)
POLICY = baseline_policy()
SAID = Said(recorded=NOW, source=PEOPLE, resolve=lambda _: None, policy=POLICY, names_proxies=False)
CHOICES = [
    Choice(ChoiceKind.WHOLE),
    Choice(ChoiceKind.ORGANISATION, "FA123"),
    Choice(ChoiceKind.SOURCE, "RRE"),
    *(Choice(ChoiceKind.CATEGORY, each) for each in categories_to_choose(POLICY)),
]


def made(choice: Choice, *, by_person: bool = True) -> JsonObject:
    return consent_of(choice, patient="p", by_person=by_person, now=NOW, area="An area", organisation="Market Place")


def kept(consent: JsonObject) -> set[tuple[bool, str, str, str]]:
    return {(each.permits, *each[2:5]) for each in project_consent(consent, said=SAID)}


@pytest.mark.parametrize("choice", CHOICES, ids=lambda each: f"{each.kind.value}-{each.named}")
def test_a_choice_says_what_was_chosen_and_is_read_back(choice: Choice) -> None:
    """Hazard: a sensitive item exposed, where less is objected to than the page says."""
    named = {ChoiceKind.ORGANISATION: 0, ChoiceKind.SOURCE: 1, ChoiceKind.CATEGORY: 2}
    expected = [EVERY, EVERY, EVERY]
    if choice.kind in named:
        expected[named[choice.kind]] = choice.named
    consent = made(choice)
    assert validate(consent) == []
    assert kept(consent) == {(False, *expected)}
    assert choice_in(consent) == choice


@pytest.mark.parametrize("choice", CHOICES[:4], ids=lambda each: each.kind.value)
def test_a_choice_that_was_withdrawn_says_nothing(choice: Choice) -> None:
    consent = withdrawn(made(choice))
    assert validate(consent) == []
    assert kept(consent) == set()
    assert choice_in(consent) == choice


def test_it_says_who_chose() -> None:
    assert is_by_person(made(CHOICES[0]))
    assert not is_by_person(made(CHOICES[0], by_person=False))
