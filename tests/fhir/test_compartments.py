import pytest

from lhcr.fhir.compartments import ITSELF, compartment_parameters, compartment_types, compartments
from lhcr.fhir.search.catalogue import parameter
from lhcr.fhir.search.parameter import Kind


def test_r4_has_five_compartments() -> None:
    assert set(compartments()) == {"Patient", "Encounter", "Practitioner", "RelatedPerson", "Device"}


def test_an_observation_belongs_to_a_patient_as_subject_or_performer() -> None:
    assert compartment_parameters("Patient", "Observation") == ("subject", "performer")


def test_a_type_that_never_belongs_has_no_parameters() -> None:
    assert compartment_parameters("Patient", "Organization") == ()
    assert "Organization" not in compartment_types("Patient")


@pytest.mark.parametrize("compartment", ["Patient", "Encounter", "Practitioner", "RelatedPerson", "Device"])
def test_the_resource_of_a_compartment_belongs_to_itself(compartment: str) -> None:
    assert compartment_parameters(compartment, compartment)[0] == ITSELF
    assert compartment in compartment_types(compartment)


def test_an_unknown_compartment_is_refused() -> None:
    with pytest.raises(KeyError):
        compartment_parameters("Location", "Observation")


def test_every_membership_is_a_reference_parameter_that_the_catalogue_knows() -> None:
    for compartment in compartments():
        for name in compartment_types(compartment):
            for code in set(compartment_parameters(compartment, name)) - {ITSELF}:
                found = parameter(name, code)
                assert found is not None, (name, code)
                assert found.kind is Kind.REFERENCE
