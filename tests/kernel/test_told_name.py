"""Names out of a file in messages that are kept. Hazard: person data in logs."""

import pytest

from lhcr.kernel.told_name import told_mistake, told_path


@pytest.mark.parametrize(
    "path", ["Patient", "Patient.brithDate", "Patient.contact[2]._family", "Bundle.entry[0].resource.gendr"]
)
def test_a_name_that_could_be_a_slip_is_told(path: str) -> None:
    assert told_path(path) == path


@pytest.mark.parametrize("name", ["9990000018", "999 000 0018", "Fellweather", "7 Mill Lane", "", "x" * 65, "é", "a b"])
def test_a_name_that_no_schema_could_have_is_not_told_nor_what_follows_it(name: str) -> None:
    assert told_path(f"Patient.name[0].{name}") == "Patient.name[0].~"
    assert told_path(f"Patient.{name}.Smith.given") == "Patient.~"


def test_a_decoders_message_is_told_without_what_was_found() -> None:
    assert told_mistake("Object contains unknown field `soruces`") == "Object contains unknown field `soruces`"
    assert told_mistake("Object contains unknown field `9990000018`") == "Object contains unknown field ~"
    assert told_mistake("Invalid enum value 'Fellweather' - at `$.state`") == "Invalid enum value ~ - at `$.state`"
    assert told_mistake("Expected `str`, got `int` - at `$.testers[0].user`") == (
        "Expected `str`, got `int` - at `$.testers[0].user`"
    )
