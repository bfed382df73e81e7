"""A large Bundle is parted so that what an entry refers to is written before it, or with it."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st
from tests.ingest.loadable_area import bundle_entry, observation, patient

from lhcr.ingest.large_bundle import units_of
from lhcr.ingest.source_entry import Form, Origin, SourceEntry


def entry(number: int, needs: list[int]) -> SourceEntry:
    resource = {"link": [{"reference": f"urn:uuid:{each}"} for each in needs]}
    content = json.dumps({"fullUrl": f"urn:uuid:{number}", "resource": resource}).encode()
    return SourceEntry(origin=Origin(file="x", place=str(number)), form=Form.JSON_BUNDLE_ENTRY, content=content)


def name(entry: SourceEntry) -> int:
    return int(entry.origin.place)


_GRAPHS = st.integers(1, 12).flatmap(
    lambda size: st.lists(st.lists(st.integers(0, size + 1), max_size=4), min_size=size, max_size=size)
)


@given(graph=_GRAPHS, most=st.integers(1, 5))
def test_whatever_refers_to_what_each_unit_follows_those_that_it_refers_to(graph: list[list[int]], most: int) -> None:
    units = list(units_of([entry(number, needs) for number, needs in enumerate(graph)], progress=100, most=most))
    assert sorted(name(each) for unit in units for each in unit.entries) == list(range(len(graph)))
    known: set[int] = set()
    for unit in units:
        known |= {name(each) for each in unit.entries}
        for each in unit.entries:
            assert {need for need in graph[name(each)] if need < len(graph)} <= known
    assert units[-1].progress == 100


@given(most=st.integers(1, 7), size=st.integers(1, 30))
def test_entries_without_a_circle_come_in_units_of_the_size_that_is_asked_for(most: int, size: int) -> None:
    chain = [entry(number, [number + 1]) for number in range(size)]
    units = list(units_of(chain, progress=1, most=most))
    assert max(len(unit.entries) for unit in units) <= most


def test_references_in_xml_are_followed_too() -> None:
    def xml(number: int, need: str) -> SourceEntry:
        text = f'<entry xmlns="http://hl7.org/fhir"><fullUrl value="urn:uuid:{number}"/><resource>{need}</resource></entry>'
        return SourceEntry(
            origin=Origin(file="x", place=str(number)), form=Form.XML_BUNDLE_ENTRY, content=text.encode()
        )

    units = list(units_of([xml(0, '<reference value="urn:uuid:1"/>'), xml(1, "")], progress=1, most=1))
    assert [name(unit.entries[0]) for unit in units] == [1, 0]


def test_the_entries_of_tests_are_read_as_those_of_files_are() -> None:
    made = bundle_entry(observation(None, "urn:uuid:p"), full_url="urn:uuid:o")
    assert re.search(rb'"fullUrl": "urn:uuid:o"', made.content)
    units = list(units_of([made, bundle_entry(patient(), full_url="urn:uuid:p")], progress=1, most=1))
    assert [b"Patient" in unit.entries[0].content for unit in units] == [True, False]
