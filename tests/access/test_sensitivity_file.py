"""Hazard: a sensitive item exposed by a set that means more codes than could be read from its file."""

import json

import pytest
from tests.conftest import ROOT

from lhcr.access.sensitivity_file import read_value_set
from lhcr.access.sensitivity_set import LoadedSet
from lhcr.kernel.errors import Incorrect
from lhcr.nhs.systems import ICD_10, SNOMED_CT

SCT = "snomed.info/sct"
ICD = "hl7.org/fhir/sid/icd-10"


def fhir(**elements: object) -> bytes:
    return json.dumps({"resourceType": "ValueSet", "status": "active"} | elements).encode()


def include(**elements: object) -> bytes:
    return fhir(compose={"include": [{"system": SNOMED_CT, "concept": [{"code": "1"}]}, elements]})


def read(content: bytes) -> LoadedSet:
    return read_value_set(content, name="file")


def test_a_value_set_is_read_from_what_it_includes() -> None:
    one = {"system": "urn:oid:2.16.840.1.113883.6.96", "concept": [{"code": "1", "display": "x"}, {"code": "2"}]}
    two = {"system": ICD_10, "concept": [{"code": "A50"}, {"code": "A50"}]}
    found = read(fhir(url="urn:set", version="3", compose={"include": [one, two]}))
    assert found == LoadedSet(name="urn:set", version="3", label=None, codes=((SCT, "1"), (SCT, "2"), (ICD, "A50")))


def test_a_value_set_is_read_from_its_expansion_with_what_is_nested_in_it() -> None:
    inner = {"system": SNOMED_CT, "code": "2", "contains": [{"system": SNOMED_CT, "code": "3", "abstract": True}]}
    contains = [{"system": SNOMED_CT, "code": "1"}, {"display": "a group", "contains": [inner]}]
    found = read(fhir(name="Named", expansion={"total": 4, "contains": contains}, compose={"include": [{}]}))
    assert (found.name, set(found.codes)) == ("Named", {(SCT, "1"), (SCT, "2"), (SCT, "3")})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (include(system=SNOMED_CT, filter=[{"property": "concept", "op": "is-a", "value": "1"}]), "include[1].filter"),
        (include(valueSet=["urn:other"]), "include[1].valueSet"),
        (include(system=SNOMED_CT), "compose.include[1], which is the whole of http://snomed.info/sct,"),
        (include(), "compose.include[1], which is the whole of a system,"),
        (fhir(compose={"include": [{"concept": [{"code": "1"}]}]}), "without a system"),
        (fhir(compose={"include": [{"system": SNOMED_CT, "concept": [{"display": "1"}]}]}), "without a system"),
        (fhir(compose={"include": [], "exclude": [{"system": SNOMED_CT}]}), "compose.exclude"),
        (fhir(compose={"include": {"system": SNOMED_CT}}), "not a list"),
        (fhir(compose={"include": []}), "names no codes"),
        (fhir(), "neither"),
        (fhir(expansion={"total": 2, "contains": [{"system": SNOMED_CT, "code": "1"}]}), "a part only"),
        (fhir(expansion={"offset": 1, "contains": [{"system": SNOMED_CT, "code": "1"}]}), "a part only"),
        (fhir(expansion={"contains": [{"code": "1"}]}), "without a system"),
        (fhir(expansion=1), "not an object"),
        (b'{"resourceType": "CodeSystem"}', "not a FHIR ValueSet"),
        (b"http://snomed.info/sct|1\n2\n", "Line 2"),
        (b"http://snomed.info/sct|\n", "Line 1"),
        (b'urn:s|a"b', "quotation mark"),
        (b"urn:s|a\\b", "quotation mark"),
        (b"# name: nothing\n", "names no codes"),
        (b"", "names no codes"),
        (b"\xff\xfe", "UTF-8"),
        (b"{", "JSON"),
        (f"{SNOMED_CT}|{'1' * 2000}".encode(), "too long"),
    ],
)
def test_what_is_no_list_of_codes_is_refused_by_its_name(content: bytes, told: str) -> None:
    with pytest.raises(Incorrect) as refused:
        read(content)
    assert told in refused.value.issues[0].diagnostics


def test_the_set_of_the_demonstration_is_one_that_can_be_loaded() -> None:
    found = read((ROOT / "docs" / "examples" / "sensitive-codes.txt").read_bytes())
    assert (found.label, found.codes) == ("STD", ((SCT, "8098009"),))


def test_a_plain_list_is_read_with_what_its_head_says() -> None:
    text = (
        f"# name: Invented\n#version: 2\n# Label: GDIS\n# anything: else\n\n{SNOMED_CT}|1\r\n {SNOMED_CT}|20240101|2 \n"
    )
    found = read(b"\xef\xbb\xbf" + text.encode())
    assert found == LoadedSet(name="Invented", version="2", label="GDIS", codes=((SCT, "1"), (SCT, "2")))
    assert read(f"{SNOMED_CT}|1".encode()) == LoadedSet(name="file", version="", label=None, codes=((SCT, "1"),))
