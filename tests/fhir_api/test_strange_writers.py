"""Writers to whom nothing in force ties a person any more: what they may still write opens the record to nobody."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest

_ODS: Final = "https://fhir.nhs.uk/Id/ods-organization-code"
_PHARMACY: Final = {"identifier": {"system": _ODS, "value": "FA123"}}
_SAYING: Final[dict[str, Any]] = {
    "EpisodeOfCare": {"status": "active", "managingOrganization": _PHARMACY},
    "ServiceRequest": {"status": "active", "intent": "order", "performer": [_PHARMACY]},
    "Appointment": {
        "status": "booked",
        "participant": [{"actor": _PHARMACY, "status": "accepted"}],
    },
    "Encounter": {"status": "in-progress", "class": {"code": "AMB"}, "serviceProvider": _PHARMACY},
    "MedicationRequest": {
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "x"},
        "dispenseRequest": {"performer": _PHARMACY},
    },
}


def entry(type_: str, patient_id: str) -> dict[str, Any]:
    """Return an entry that says that the pharmacy has to do with the person."""
    about = {"reference": f"Patient/{patient_id}"}
    resource = {"resourceType": type_, **_SAYING[type_]}
    if type_ == "Appointment":
        ours = {"actor": about, "status": "accepted"}
        return resource | {"start": datetime.now(UTC).isoformat(), "participant": [ours, *resource["participant"]]}
    return resource | {"patient" if type_ == "EpisodeOfCare" else "subject": about}


@pytest.fixture
async def person(area: Any, build: Any) -> str:
    """The id of a person to whose record the practice contributed, and whom nothing in force ties to it any more."""
    made = (await area.supplier.create(build.patient()))["id"]
    await area.supplier.create(build.registration(made, "A81001"))
    await area.gp.create(build.observation(made))
    person_id = await area.app.parts.record.whose(type="Patient", id=made)
    await area.rows(
        "UPDATE fact_relationship SET low = '2001-01-01', high = '2002-01-01' WHERE person_id = $1", person_id
    )
    await area.rows("UPDATE person SET epoch = epoch + 1 WHERE person_id = $1", person_id)
    return str(made)


@pytest.mark.parametrize("kind", ["alone", "batch", "transaction"])
@pytest.mark.parametrize("type_", sorted(_SAYING))
async def test_hazard_a_stranger_s_entry_does_not_open_the_record_to_whom_it_names(
    area: Any, person: str, type_: str, kind: str
) -> None:
    """Hazard: a sensitive item exposed. Who may not open a record lets nobody else in."""
    resource = entry(type_, person)
    pharmacist = area.asker("pharmacist")
    assert (await pharmacist.get(f"/Patient/{person}")).status_code == 403
    if kind == "alone":
        assert (await area.gp.send("POST", f"/{type_}", resource)).status_code == 201
    else:
        posting = {"resource": resource, "request": {"method": "POST", "url": type_}}
        sent = {"resourceType": "Bundle", "type": kind, "entry": [posting]}
        (answered,) = (await area.gp.send("POST", "", sent)).json()["entry"]
        assert answered["response"]["status"].startswith("201")
    assert (await pharmacist.get(f"/Patient/{person}")).status_code == 403


async def test_hazard_a_stranger_s_patient_does_not_register_the_person_elsewhere(
    area: Any, person: str, build: Any
) -> None:
    """Hazard: a sensitive item exposed, by a general practitioner whom somebody names who may not open the record."""
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000077"}
    known = build.patient(id=person, identifier=[number])
    assert (await area.supplier.send("PUT", f"/Patient/{person}", known)).status_code == 200
    await area.gp.create(build.patient(identifier=[number], generalPractitioner=[_PHARMACY]))
    assert (await area.asker("pharmacist").get(f"/Patient/{person}")).status_code == 403


@pytest.mark.parametrize("type_", sorted(_SAYING))
async def test_an_entry_of_somebody_in_a_relationship_opens_the_record_to_whom_it_names(
    area: Any, build: Any, type_: str
) -> None:
    made = (await area.supplier.create(build.patient()))["id"]
    await area.supplier.create(build.registration(made, "A81001"))
    await area.gp.create(entry(type_, made))
    assert (await area.asker("pharmacist").get(f"/Patient/{made}")).status_code == 200
