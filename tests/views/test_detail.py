"""An entry's own page leaves nothing out."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.json_types import JsonObject
from lhcr.views.attachment import read_attachments
from lhcr.views.detail import Detail, read_detail
from lhcr.views.names import Names


def lines_of(details: Iterable[Detail]) -> list[str]:
    return [line for detail in details for line in (*detail.lines, *lines_of(detail.children))]


def test_the_words_of_a_dosage_are_told_at_any_depth() -> None:
    """Hazard: a written instruction mistaken for a narrative and left out."""
    resource = {
        "resourceType": "MedicationDispense",
        "text": {"div": "<div>narrative</div>"},
        "dosageInstruction": [{"text": "ONE at night", "route": {"coding": [{"display": "Oral"}]}}],
    }
    assert "ONE at night" in lines_of(read_detail(resource, Names([])))


def test_a_code_is_told_with_the_name_of_its_system() -> None:
    resource = {"code": {"text": "Asthma", "coding": [{"system": "http://snomed.info/sct", "code": "195967001"}]}}
    assert read_detail(resource, Names([])) == (Detail("Code", ("Asthma", "SNOMED CT 195967001")),)


def test_a_code_of_fhir_itself_is_told_by_its_words_alone() -> None:
    status = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
    named = {"coding": [{**status["coding"][0], "display": "Active"}]}
    assert read_detail({"clinicalStatus": named}, Names([])) == (Detail("Status", ("Active",)),)
    assert "condition-clinical active" in lines_of(read_detail({"clinicalStatus": status}, Names([])))


def test_a_period_and_a_plain_timing_are_told_in_a_line() -> None:
    period = {"start": "2026-11-03T15:00:00Z", "end": "2026-11-09"}
    assert lines_of(read_detail({"period": period}, Names([]))) == ["From 3 November 2026, 15:00 until 9 November 2026"]
    assert lines_of(read_detail({"period": {"end": "2026"}}, Names([]))) == ["Until 2026"]
    timing = {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}
    assert lines_of(read_detail({"timing": timing}, Names([]))) == ["2 times a day"]
    bounded = {"repeat": {**timing["repeat"], "boundsPeriod": {"end": "2026"}}}
    assert "Until 2026" in lines_of(read_detail({"timing": bounded}, Names([])))


def test_an_extension_is_told_under_its_name() -> None:
    url = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory"
    (detail,) = read_detail({"extension": [{"url": url, "valueCodeableConcept": {"text": "White"}}]}, Names([]))
    assert detail.label == "Ethnic category"
    assert lines_of([detail]) == ["White"]


def test_a_huge_entry_is_told_up_to_a_limit_that_is_said() -> None:
    resource: JsonObject = {"note": [{"text": str(index)} for index in range(5_000)]}
    details = read_detail(resource, Names([]))
    assert len(details) < 2_000
    assert details[-1].label == "More"


_TEXT = st.text(alphabet="abcxyz", min_size=1, max_size=6)


@given(
    st.recursive(
        _TEXT,
        lambda inner: (
            st.lists(inner, min_size=1, max_size=3)
            | st.dictionaries(st.sampled_from(["alpha", "beta", "gamma"]), inner, min_size=1, max_size=3)
        ),
        max_leaves=10,
    )
)
def test_every_text_of_an_entry_is_told_somewhere(value: object) -> None:
    told = " ".join(lines_of(read_detail({"alpha": value}, Names([]))))
    assert all(text in told for text in _texts(value))


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [str(value)]


def test_a_letter_in_plain_text_is_read_and_any_other_file_is_named() -> None:
    letter = {"attachment": {"contentType": "text/plain; charset=utf-8", "data": "RGVhciBHUA==", "title": "Letter"}}
    scan = {"attachment": {"contentType": "application/pdf", "url": "https://source.test/1", "size": 12}}
    found = read_attachments({"content": [letter, scan]})
    assert found[0].lines == ("Dear GP",)
    assert (found[1].form, found[1].size, found[1].lines) == ("application/pdf", "12 bytes", ())


def test_a_letter_that_cannot_be_read_says_so() -> None:
    broken = {"attachment": {"contentType": "text/plain", "data": "%%%"}}
    assert read_attachments({"content": [broken]})[0].lines == ("This text could not be read.",)
