"""The definitions: what they know of FHIR R4."""

import subprocess
import sys

from lhcr.fhir.definitions.structures import Structure, is_resource_type, load_definitions


def test_every_resource_type_of_r4_is_there_and_abstract_ones_are_none() -> None:
    assert len(load_definitions().resource_types()) == 146
    assert is_resource_type("Patient")
    others: list[object] = ["Resource", "DomainResource", "Quantity", "patient", "", None, []]
    assert not any(is_resource_type(name) for name in others)


def test_a_structure_inherits_the_elements_of_its_bases_first() -> None:
    names = [element.name for element in load_definitions().elements("Observation")]
    assert names[:9] == [
        "id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension", "identifier",
    ]  # fmt: skip
    assert [element.name for element in load_definitions().elements("Age")][-1] == "code"


def test_an_element_knows_its_cardinality_types_targets_codes_and_flags() -> None:
    elements = {element.name: element for element in load_definitions().elements("Observation")}
    status, subject, value = elements["status"], elements["subject"], elements["value[x]"]
    assert (status.min, status.many, status.types, status.modifier, status.summary) == (1, False, ("code",), True, True)
    assert status.codes == "http://hl7.org/fhir/ValueSet/observation-status"
    assert subject.targets == ("Patient", "Group", "Device", "Location")
    assert value.is_choice
    assert ("valueQuantity", "Quantity") in value.member_names()
    assert elements["component"].many


def test_an_element_that_repeats_another_refers_to_its_structure() -> None:
    members = load_definitions().members("Observation.component")
    assert members["referenceRange"].type == "Observation.referenceRange"
    assert load_definitions().members("Questionnaire.item")["item"].type == "Questionnaire.item"


def test_every_type_and_binding_that_is_named_is_defined() -> None:
    definitions = load_definitions()

    def names(structure: Structure) -> set[str]:
        return {name for element in structure.elements for name in element.types} | {structure.base or "Element"}

    for structure in definitions.structures.values():
        assert names(structure) <= definitions.structures.keys()
        assert {element.codes for element in structure.elements if element.codes} <= definitions.codes.keys()


def test_the_codes_of_a_required_binding_are_complete() -> None:
    codes = load_definitions().codes
    assert codes["http://hl7.org/fhir/ValueSet/administrative-gender"] == {
        "http://hl7.org/fhir/administrative-gender": ("male", "female", "other", "unknown")
    }
    resource_types = codes["http://hl7.org/fhir/ValueSet/resource-types"]["http://hl7.org/fhir/resource-types"]
    assert set(load_definitions().resource_types()) <= set(resource_types)


def test_importing_the_language_reads_no_definitions() -> None:
    program = (
        "import lhcr.fhir.validation, lhcr.fhir.references, lhcr.fhir.definitions.structures as s;"
        "assert s.load_definitions.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_threads_that_ask_first_at_the_same_time_are_told_the_same() -> None:
    """Hazard: a load ends in a crash. The decoder cannot learn one type in two threads at once."""
    asking = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from lhcr.fhir.definitions.structures import load_definitions
sys.setswitchinterval(1e-6)
together = threading.Barrier(8)
def ask(_):
    together.wait()
    return load_definitions()
with ThreadPoolExecutor(8) as threads:
    print(len({id(told) for told in threads.map(ask, range(8))}))
"""
    told = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True, check=True)
    assert told.stdout == "1\n"
