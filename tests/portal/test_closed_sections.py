"""Which sections policy closes to a reader: told from who they are, so that no page says "nothing recorded" of what it did not look at."""

from datetime import UTC, datetime

import pytest

from lhcr.access.policy import baseline_policy
from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME
from lhcr.identity.principal import Principal
from lhcr.portal.closed_sections import closed_sections, narrowed_sections
from lhcr.portal.presenters.completeness import present_completeness
from lhcr.views.assemble import assemble
from lhcr.views.completeness import Completeness
from lhcr.views.nothing import Kind
from lhcr.views.sections.table import SectionTable, load_sections

POLICY = baseline_policy()
KEPT_OUT_OF_SOCIAL_CARE = frozenset(
    {"family-history", "results", "investigations-requested", "examination-findings", "pregnancy"}
)


@pytest.fixture(scope="module")
def table() -> SectionTable:
    return load_sections()


def persona(name: str) -> Principal:
    return persona_claims(BY_NAME[name]).principal(token_id="t", expires=datetime(2100, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("name", ["gp", "ed-doctor", "ward-nurse", "paramedic", "patient", "neighbour"])
def test_whoever_needs_the_whole_record_sees_every_section(table: SectionTable, name: str) -> None:
    assert closed_sections(table, persona(name), policy=POLICY) == frozenset()
    assert narrowed_sections(table, persona(name), policy=POLICY) == frozenset()


def test_a_social_worker_is_not_shown_what_was_found_in_the_body(table: SectionTable) -> None:
    """Of sections that hold other things too, the page says that only some kinds of entry are seen."""
    closed = closed_sections(table, persona("social-worker"), policy=POLICY)
    narrowed = narrowed_sections(table, persona("social-worker"), policy=POLICY)
    assert closed | narrowed >= KEPT_OUT_OF_SOCIAL_CARE
    assert "examination-findings" in closed
    assert not {"allergies", "medicines", "problems", "care-and-support-plan", "safeguarding"} & closed
    assert "allergies" not in narrowed


def test_a_technician_is_shown_medicines_allergies_and_problems(table: SectionTable) -> None:
    closed = closed_sections(table, persona("pharmacy-technician"), policy=POLICY)
    assert closed >= {"results", "assessments", "documents", "examination-findings", "social-context"}
    assert not {"demographics", "alerts", "allergies", "medicines", "problems", "vaccinations"} & closed
    assert "allergies" not in narrowed_sections(table, persona("pharmacy-technician"), policy=POLICY)


@pytest.mark.parametrize("name", ["pharmacy-technician", "social-worker", "pharmacist"])
def test_the_page_says_what_a_role_is_not_shown_and_never_that_nothing_is_recorded(
    table: SectionTable, name: str
) -> None:
    """Hazard: "none" inferred from what was not looked at."""
    principal = persona(name)
    closed = closed_sections(table, principal, policy=POLICY)
    narrowed = narrowed_sections(table, principal, policy=POLICY)
    view = assemble(
        (),
        completeness=Completeness(closed=closed, narrowed=narrowed),
        table=table,
        now=datetime(2026, 3, 1, tzinfo=UTC),
    )
    assert closed or narrowed
    for part in view.all_sections:
        for nothing in part.nothings:
            assert (nothing.kind is Kind.NOT_ALLOWED) is (part.section.key in closed), part.section.key
            if part.section.key in narrowed:
                assert nothing.sentence.startswith("Nothing that you may see is recorded"), part.section.key
    said = present_completeness(view).sentence
    assert ("Your role" in said, "only some kinds of entry" in said) == (bool(closed), bool(narrowed))
