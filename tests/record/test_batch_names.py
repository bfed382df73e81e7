"""What entries are called inside a batch. Hazard: wrong person, by a name that two entries could mean."""

from tests.record.area import BASE, post, put
from tests.record.made import encounter, observation, patient

from lhcr.kernel.json_types import JsonObject
from lhcr.record.batch_names import BatchNames
from lhcr.record.batch_references import BatchReferences
from lhcr.record.draft import Draft
from lhcr.record.links import LinkReader, links

READER = LinkReader(BASE)


def linked(draft: Draft) -> Draft:
    found = links(draft.resource or {})
    draft.links, draft.numbered, draft.addresses = found.references, found.numbered, found.addresses
    return draft


def test_an_entry_is_named_by_its_full_url_and_by_its_type_and_id() -> None:
    entry = put(patient(id="p"), full_url="urn:uuid:p")
    names = BatchNames([entry], READER)
    for reference in ("urn:uuid:p", "Patient/p", f"{BASE}/Patient/p", "Patient/p/_history/3"):
        assert names.entry(reference) is entry
        assert names.entry_type(reference) == "Patient"
        assert names.outside(reference) is None
    assert names.entry("Patient/q") is None
    assert names.outside("Patient/q") == READER.key("Patient/q")
    assert names.outside("https://elsewhere.test/Patient/p") is None


def test_the_same_relative_reference_means_each_servers_own_entry() -> None:
    """FHIR R4 bundle 2.36.4.1."""
    bases = ("https://one.test/fhir", "https://two.test/fhir")
    patients = [post(patient(), full_url=f"{base}/Patient/1") for base in bases]
    entries = [linked(post(observation("Patient/1"), full_url=f"{base}/Observation/1")) for base in bases]
    names = BatchNames([*patients, *entries], READER)
    assert [names.entry(each.links[0]["reference"]) for each in entries] == patients


def test_names_give_way_to_references_once_ids_are_settled() -> None:
    person, entry = post(patient(), full_url="urn:uuid:p"), linked(post(observation("urn:uuid:p")))
    names = BatchNames([person, entry], READER)
    names.resolve(BatchReferences([entry]), [])
    assert entry.resource is not None
    assert entry.resource["subject"] == {"reference": "urn:uuid:p"}
    person.id = "assigned"
    names.add([person])
    names.resolve(BatchReferences([entry]), [person])
    assert entry.resource["subject"] == {"reference": "Patient/assigned"}


def test_only_urns_that_no_entry_has_are_unresolved() -> None:
    about: JsonObject = {"reference": "urn:uuid:e"}
    entry = linked(post(observation("urn:uuid:p", encounter=about, performer=[{"reference": "Practitioner/x"}])))
    names = BatchNames([post(patient(), full_url="urn:uuid:p"), entry], READER)
    (issue,) = names.unresolved(BatchReferences([entry]))
    assert (issue.error, issue.expression) == ("reference-unresolved", "Observation.encounter")
    names.add([post(encounter("urn:uuid:p"), full_url="urn:uuid:e")])
    assert names.unresolved(BatchReferences([entry])) == []
