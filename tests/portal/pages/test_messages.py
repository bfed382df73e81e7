"""The refusal page: short, in plain words, with next steps that exist."""

import re
from datetime import UTC, datetime

import pytest

from lhcr.access.decide import RULES
from lhcr.access.refusal import Refused
from lhcr.access.verdict import deny_always
from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME
from lhcr.identity.principal import Principal
from lhcr.portal.pages.messages import describe, error_page
from lhcr.portal.rendering import Look, Renderer

REASON = (
    "Nothing in force ties the organisation to this person, and as much again is said as the longest rule says of it."
)
RULE_NAMES = [name for name, _ in RULES] + ["person-not-named", "rate-limit", "default"]
PERSONAS = ["gp", "receptionist", "patient", "caldicott", "operator"]


def somebody(name: str) -> Principal:
    return persona_claims(BY_NAME[name]).principal(token_id="t", expires=datetime(2100, 1, 1, tzinfo=UTC))


def refused(rule: str) -> Refused:
    return Refused(deny_always(rule, REASON), reference="D-0C4K2V7Q3M5ZT")


@pytest.mark.parametrize("rule", RULE_NAMES)
@pytest.mark.parametrize("persona", PERSONAS)
def test_a_refusal_is_read_in_a_moment_and_promises_nothing_that_is_not_there(rule: str, persona: str) -> None:
    """Hazard: somebody in a hurry who looks for an emergency access that this area does not have yet."""
    renderer = Renderer(Look(area="Aldermere Care Record", demonstration=True))
    page = bytes(error_page(renderer, refused(rule), principal=somebody(persona)).body).decode()
    words = re.sub(r"<[^>]*>", " ", page[page.index("<main") : page.index("</main>")]).split()
    assert len(words) <= 120
    assert "mergency" not in page
    assert "D-0C4K2V7Q3M5ZT" in page
    assert "What you can do" in page


def test_a_citizen_is_refused_in_words_for_themselves() -> None:
    page = describe(refused("own-record"), somebody("patient"))
    assert page.why.startswith("This is not your own record, or you are not yet old enough to open it yourself")
    assert page.next[-1].startswith("If you think this is wrong, tell your GP practice")
    assert not any("organisation" in step for step in page.next)


def test_a_stranger_reads_what_is_missing_in_words_about_their_own_organisation() -> None:
    page = describe(refused("relationship"), somebody("gp"))
    assert "your organisation cares for this person now: no registration, referral, appointment or stay" in page.why


def test_a_professional_reads_the_rules_own_reason() -> None:
    page = describe(refused("sensitivity"), somebody("gp"))
    assert page.why == REASON
    assert page.next[-1].startswith("If you think this is wrong, tell your privacy officer")
