"""What any write would refuse is foreseen without the record: as the write itself refuses it."""

import copy
from typing import Any

import pytest
from tests.record.area import BASE, Area, post, refusal
from tests.record.made import number, observation, patient

from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.foreseeable import foreseeable_issues

WRONG = {"system": NHS_NUMBER, "value": "9990000019"}
_DEEP: dict[str, Any] = {"extension": [{"url": "urn:x", "valueString": "x"}]}
for _ in range(100):
    _DEEP = {"extension": [{"url": "urn:x", **_DEEP}]}


def of_bundle(*subjects: str) -> dict[str, Any]:
    entries = [{"fullUrl": f"urn:e:{place}", "resource": observation(each)} for place, each in enumerate(subjects)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


REFUSED: dict[str, dict[str, Any]] = {
    "the number of a Patient": patient(WRONG),
    "the number of a subject": observation("") | {"subject": {"identifier": WRONG}},
    "the number of somebody who is named": observation("Patient/p", performer=[{"identifier": WRONG}]),
    "the number of a Patient's other link": patient(
        number(5), link=[{"other": {"identifier": WRONG}, "type": "seealso"}]
    ),
    "a Bundle about two": of_bundle("Patient/p", "Patient/q"),
    "what is beside meta.source": patient(number(6), meta={"_source": _DEEP}),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
async def test_what_a_create_refuses_of_itself_is_foreseen(area: Area, name: str) -> None:
    """Hazard: a resource is called right that its own area refuses."""
    for each in ("p", "q"):
        await area.hospital.update(patient(number(1 if each == "p" else 2), id=each))
    told = foreseeable_issues(REFUSED[name], base=BASE)
    _, error = await refusal(area.hospital.write_about_person("Patient/p", post(copy.deepcopy(REFUSED[name]))))
    assert error in {issue.error for issue in told if issue.severity == "error"}, (error, told)


def test_every_wrong_number_is_told_at_its_place() -> None:
    told = foreseeable_issues(patient(number(1), WRONG, WRONG), base=BASE)
    assert [issue.expression for issue in told] == ["Patient.identifier[1].value", "Patient.identifier[2].value"]


def test_what_another_entry_may_bring_is_a_warning() -> None:
    (told,) = foreseeable_issues(observation("urn:uuid:0b9e9b5c-3f0a-4f3c-9d5e-2f6d3c1f0a11"), base=BASE)
    assert (told.error, told.severity) == ("reference-unresolved", "warning")


def test_what_is_right_is_left_as_it_is() -> None:
    for resource in (patient(number(1), meta={"source": "urn:x"}), observation("Patient/p"), of_bundle("Patient/p")):
        before = copy.deepcopy(resource)
        assert foreseeable_issues(resource, base=BASE) == []
        assert resource == before
