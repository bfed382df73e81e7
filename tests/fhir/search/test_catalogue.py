import json
from importlib.resources import files

import pytest

from lhcr.fhir.search.catalogue import (
    parameter,
    parameters_by_id,
    parameters_of,
    type_id,
    type_ids,
    type_name,
)
from lhcr.fhir.search.compile_parameters import kept_ids
from lhcr.fhir.search.parameter import Kind, SearchParameter

COMMON = {"_id", "_lastUpdated", "_tag", "_profile", "_security", "_source"}


def every_parameter() -> list[SearchParameter]:
    return [found for name in type_ids() for found in parameters_of(name).values()]


def test_every_type_of_r4_has_its_own_small_id() -> None:
    assert len(type_ids()) == 146
    assert sorted(type_ids().values()) == list(range(1, 147))
    assert all(type_name(type_id(name)) == name for name in type_ids())


def test_every_parameter_has_its_own_id_that_fits_a_smallint() -> None:
    ids = [found.id for found in every_parameter()]
    assert len(ids) == len(set(ids)) > 2500
    assert min(ids) >= 1
    assert max(ids) <= 32_767
    assert parameters_by_id().keys() == set(ids)


def test_the_parameters_that_every_resource_has_are_known_to_every_type() -> None:
    assert all(parameters_of(name).keys() >= COMMON for name in type_ids())


def test_ids_that_stored_rows_carry_have_not_moved() -> None:
    known = {
        ("Observation", "code"): 1686,
        ("Patient", "identifier"): 1831,
        ("Patient", "_tag"): 1815,
        ("VisionPrescription", "status"): 2576,
    }
    found = {key: parameter(*key) for key in known}
    assert {key: value.id for key, value in found.items() if value} == known
    assert (type_id("Account"), type_id("Observation"), type_id("VisionPrescription")) == (1, 96, 146)


def test_a_new_parameter_gets_an_id_after_all_others_and_a_dropped_one_keeps_its_own() -> None:
    assert kept_ids({"b": 1, "gone": 2}, ["a", "b"]) == {"b": 1, "gone": 2, "a": 3}


def test_an_unknown_type_or_code_is_no_parameter() -> None:
    assert parameter("Observation", "colour") is None
    assert parameter("Observatory", "code") is None
    with pytest.raises(KeyError):
        parameters_of("Observatory")
    with pytest.raises(KeyError):
        type_id("Observatory")


def test_a_reference_parameter_knows_its_targets() -> None:
    subject = parameter("Observation", "subject")
    assert subject is not None
    assert set(subject.targets) == {"Patient", "Group", "Device", "Location"}
    assert all(found.targets for found in every_parameter() if found.kind is Kind.REFERENCE)
    assert all(set(found.targets) <= type_ids().keys() for found in every_parameter())


def test_a_composite_has_two_or_three_components_of_which_the_first_is_a_token() -> None:
    composites = [found for found in every_parameter() if found.kind is Kind.COMPOSITE]
    assert len(composites) == 72
    assert {len(found.components) for found in composites} == {2, 3}
    assert {found.components[0].kind for found in composites} == {Kind.TOKEN}
    assert {found.components[1].kind for found in composites} == {
        Kind.TOKEN,
        Kind.QUANTITY,
        Kind.STRING,
        Kind.DATE,
        Kind.REFERENCE,
        Kind.NUMBER,
    }


def test_parameters_that_mean_the_person_are_marked() -> None:
    codes = {found.code for found in parameters_of("Observation").values() if found.home}
    assert codes == {"subject", "patient"}
    assert {found.code for found in parameters_of("Coverage").values() if found.home} == {"beneficiary", "patient"}
    # An Appointment may name several persons, so no parameter of it means exactly one.
    assert not [found for found in parameters_of("Appointment").values() if found.home]


def test_parameters_that_mean_the_clinical_date_are_marked() -> None:
    assert {found.code for found in parameters_of("Observation").values() if found.clinical_date} == {"date"}
    assert {found.code for found in parameters_of("Condition").values() if found.clinical_date} == {"onset-date"}


def test_the_data_holds_no_name_that_the_catalogue_does_not_read() -> None:
    data = json.loads((files("lhcr.fhir.search") / "parameters.json").read_bytes())
    assert data.keys() == {"types", "retired", "common", "home", "clinical", "union", "system"} | type_ids().keys()


def test_a_parameter_whose_values_are_those_of_others_is_answered_by_their_rows() -> None:
    codes = parameters_of("Observation")
    assert set(codes["combo-code"].rows) == {codes["code"].id, codes["component-code"].id}
    assert codes["code"].rows == (codes["code"].id,)
    # A row is never looked for under a parameter that has none of its own.
    owners = {found.id for found in every_parameter() if found.rows == (found.id,)}
    assert all(set(found.rows) <= owners for found in every_parameter())
