"""What is wrong with a resource is told in one pass, whichever check would have found it first."""

from typing import Any

import pytest

_SENT = (
    rb'{"resourceType":"Patient","gender":"x","nonsense":1,"birthDate":"yesterday",'
    rb'"name":[{"family":"a\u0000b"},{"given":["c","\u0000"]}]}'
)
_PLACES = {
    "Patient.gender",
    "Patient.nonsense",
    "Patient.birthDate",
    "Patient.name[0].family",
    "Patient.name[1].given[1]",
}


@pytest.mark.parametrize("path", ["/Patient", "/Patient/$validate"])
async def test_a_nul_hides_no_other_mistake(supplier: Any, path: str) -> None:
    sent = {"content": _SENT, "headers": {"content-type": "application/fhir+json"}}
    issues = (await supplier.ask("POST", path, **sent)).json()["issue"]
    assert {each["expression"][0] for each in issues} == _PLACES
    assert len(issues) == len(_PLACES)


async def test_a_key_with_a_nul_is_refused_with_the_rest(supplier: Any) -> None:
    sent = rb'{"resourceType":"Patient","a\u0000b":{"c":"\u0000"},"gender":1}'
    response = await supplier.ask("POST", "/Patient", content=sent, headers={"content-type": "application/fhir+json"})
    assert response.status_code == 400
    assert {each["details"]["coding"][0]["code"] for each in response.json()["issue"]} > {"json-nul"}
    assert "\\u0000" not in response.text
