"""People without places: what is left says that there was a modifier extension, and not what stood in it."""

import json

import pytest

from lhcr.fhir.whereabouts.people import person_without_places
from lhcr.kernel.json_types import JsonObject

QUALIFIER: JsonObject = {"modifierExtension": [{"url": "urn:12-hill-road", "valueString": "12 Hill Road"}]}


@pytest.mark.parametrize(
    "elements", [QUALIFIER, {"contact": [{"name": {"family": "Ash"}, **QUALIFIER}]}, {"link": [QUALIFIER]}]
)
@pytest.mark.parametrize("kind", ["Patient", "RelatedPerson", "Person"])
def test_hazard_meaning_turned_round_what_is_left_of_a_restricted_person_still_says_so_and_no_address(
    kind: str, elements: JsonObject
) -> None:
    left = person_without_places({"resourceType": kind, "gender": "female", **elements})
    assert left["modifierExtension"] == [{"url": "urn:lhcr:modifier-extension-withheld", "valueBoolean": True}]
    assert "hill" not in json.dumps(left).casefold()


def test_of_somebody_without_one_none_is_made_up() -> None:
    assert person_without_places({"resourceType": "Patient", "gender": "female"}) == {
        "resourceType": "Patient",
        "gender": "female",
    }
