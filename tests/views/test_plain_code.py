"""No reader meets a code: what FHIR writes as one is put into words, and what is no code is left alone."""

from collections.abc import Callable

import pytest

from lhcr.views.concept import read_concept
from lhcr.views.detail import read_detail
from lhcr.views.element_label import label_of
from lhcr.views.entry import Entry
from lhcr.views.names import Names
from lhcr.views.plain_code import plain_code, plain_value
from lhcr.views.record_view import RecordView
from lhcr.views.words import address_text, words_of

MakeEntry = Callable[..., Entry]
View = Callable[..., RecordView]
_NOBODY = Names(())


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("on-hold", "On hold"),
        ("active", "Active"),
        ("noshow", "Did not attend"),
        ("text/plain", "Plain text"),
        ("H33", "H33"),
        ("pH 7.4", "pH 7.4"),
        ("", ""),
    ],
)
def test_a_code_is_put_into_words(code: str, words: str) -> None:
    assert plain_code(code) == words


def test_only_elements_of_codes_are_touched() -> None:
    """Hazard: words that a person wrote, changed by this program."""
    assert plain_value("category", ["medication", "food"]) == ["Medication", "Food"]
    assert plain_value("text", "aspirin") == "aspirin"
    assert plain_value("priority", 5) == 5


@pytest.mark.parametrize(
    ("system", "code", "display", "words"),
    [
        ("http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB", "ambulatory", "At a surgery or clinic"),
        ("http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "M", "", "Married"),
        ("http://example.org/plans", "assess-plan", "", "Assess plan"),
    ],
)
def test_a_code_of_administration_is_told_as_people_say_it(system: str, code: str, display: str, words: str) -> None:
    assert read_concept({"coding": [{"system": system, "code": code, "display": display}]}).title == words


def test_a_change_of_a_medicine_reads_as_words(view: View, entry: MakeEntry) -> None:
    extension = {
        "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-MedicationChangeSummary",
        "extension": [
            {"url": "status", "valueCoding": {"code": "on-hold", "display": "On-hold"}},
            {"url": "indicationForChange", "valueCodeableConcept": {"text": "Kidney function fell"}},
        ],
    }
    medicine = {"text": "Ramipril 5mg tablets"}
    record = view(
        entry("MedicationStatement", status="on-hold", medicationCodeableConcept=medicine, extension=[extension])
    )
    section = record.section("medicines")
    assert section is not None
    assert section.rows[0].cell("Change") == ("On hold: Kidney function fell",)


@pytest.mark.parametrize(
    ("element", "label"),
    [
        ("requester", "Asked for by"),
        ("managingOrganization", "Organisation"),
        ("reasonCode", "Reason"),
        ("owningOrganization", "Owning organisation"),
    ],
)
def test_an_element_is_named_in_words_of_care(element: str, label: str) -> None:
    assert label_of(element) == label


def test_a_way_to_reach_somebody_without_a_number_says_nothing() -> None:
    assert words_of({"system": "phone", "use": "home"}, _NOBODY) == ()


def test_the_country_that_goes_without_saying_is_not_said() -> None:
    assert address_text({"line": ["1 Mill Lane"], "postalCode": "QA1 1AA", "country": "GBR"}) == "1 Mill Lane, QA1 1AA"
    assert address_text({"line": ["1 Rue"], "country": "FR"}) == "1 Rue, FR"


def test_a_text_that_only_repeats_its_code_is_told_by_the_display() -> None:
    coding = {"system": "http://example.org/marital", "code": "M", "display": "Married"}
    assert read_concept({"text": "M", "coding": [coding]}).title == "Married"
    assert read_concept({"text": "M", "coding": [{"code": "M"}]}).title == "M"


def test_other_numbers_of_a_person_are_named_in_words(view: View, entry: MakeEntry) -> None:
    numbers = [
        {"system": "https://area.example/Id/local-patient-identifier", "value": "A81001-1"},
        {"system": "urn:oid:1.2.3", "value": "S99", "type": {"text": "Driving licence"}},
        {"system": "urn:oid:1.2.3", "value": "12345"},
    ]
    phones = [{"use": "home"}, {"system": "phone", "use": "work", "value": "01632 960000"}]
    section = view(entry("Patient", identifier=numbers, telecom=phones)).section("demographics")
    assert section is not None
    facts = {fact.label: fact.lines for fact in section.facts}
    assert facts["Other identifiers"] == ("A81001-1 (local patient identifier)", "S99 (Driving licence)", "12345")
    assert "01632 960000 (work)" in facts["Phone and email"]
    assert not any("home (home)" in line.lower() for line in facts["Phone and email"])


@pytest.mark.parametrize("unit", ["mg", "g", "mL", "h", "mmol", "kat"])
def test_the_code_of_a_unit_is_never_touched(unit: str) -> None:
    """Hazard: units mangled. A milligram with a capital is a megagram."""
    assert read_concept({"system": "http://unitsofmeasure.org", "code": unit}).title == unit
    quantity = {"valueQuantity": {"value": 5, "system": "http://unitsofmeasure.org", "code": unit}}
    told = str(read_detail(quantity, _NOBODY))
    assert f"{unit}'" in told
    assert f"'{unit.capitalize()}" not in told or unit.capitalize() == unit
