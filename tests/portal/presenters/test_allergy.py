"""Allergies at a glance: the gravest first, each once, with what happened and everyone who says so."""

from datetime import UTC, datetime

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.handles import Handles
from lhcr.portal.presenters.allergy import AllergyGlance, present_allergies
from lhcr.views.assemble import assemble
from lhcr.views.completeness import Completeness
from lhcr.views.entry import Entry, Source
from lhcr.views.sections.table import SectionTable

GP, HOSPITAL = Source("A81001", "Surgery"), Source("RRE", "Hospital")
PENICILLIN = {"coding": [{"system": "http://snomed.info/sct", "code": "91936005", "display": "Allergy to penicillin"}]}


def allergy(source: Source, **elements: object) -> Entry:
    resource = {
        "resourceType": "AllergyIntolerance",
        "id": f"{source.ods}-{len(str(elements))}",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": PENICILLIN,
        **elements,
    }
    return Entry(resource, source)


def glances(table: SectionTable, *entries: Entry) -> tuple[AllergyGlance, ...]:
    view = assemble(entries, completeness=Completeness(), table=table, now=datetime(2026, 3, 15, tzinfo=UTC))
    return present_allergies(view.section("allergies"), RecordAddresses("k", Handles(b"secret")))


def test_an_allergy_names_its_risk_its_reaction_and_everyone_who_agrees(table: SectionTable) -> None:
    grave = {
        "criticality": "high",
        "reaction": [{"manifestation": [{"text": "Anaphylaxis"}], "severity": "severe"}],
        "recordedDate": "2004-11-28",
    }
    (glance,) = glances(
        table,
        allergy(GP, **grave, recorder={"display": "Dr A"}),
        allergy(HOSPITAL, **grave, recorder={"display": "Dr Bee"}),
    )
    assert glance.told == ("High risk", "Anaphylaxis, severe")
    assert [line.split(",")[0] for line in glance.said_by] == ["Surgery", "Hospital"]
    assert all("2004" in line for line in glance.said_by)
    assert glance.tags == ()


def test_allergies_that_differ_stand_side_by_side_and_say_in_what(table: SectionTable) -> None:
    """Hazard: a severe reaction hidden behind a mild one."""
    found = glances(table, allergy(GP, criticality="low"), allergy(HOSPITAL, criticality="high"))
    assert [glance.told[0] for glance in found] == ["High risk", "Low risk"]
    assert {tag.words for glance in found for tag in glance.tags} == {"Sources differ in risk"}


def test_a_reaction_that_nobody_wrote_is_said_to_be_missing(table: SectionTable) -> None:
    (glance,) = glances(table, allergy(GP))
    assert glance.told == ("Reaction not recorded",)


def test_what_was_ruled_out_or_stated_as_none_is_no_allergy_at_a_glance(table: SectionTable) -> None:
    refuted = allergy(GP, verificationStatus={"coding": [{"code": "refuted"}]})
    none = allergy(
        HOSPITAL, code={"coding": [{**PENICILLIN["coding"][0], "code": "716186003", "display": "No known allergy"}]}
    )
    assert glances(table, refuted, none) == ()
