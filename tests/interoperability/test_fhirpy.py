"""An existing FHIR client library, fhirpy, used as its documentation shows, in both of its forms: what it does works here."""

import inspect
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import AuthorizationError, MultipleResourcesFound, OperationOutcome, ResourceNotFound
from fhirpy.base.searchset import Raw
from tests.interoperability import canary
from tests.interoperability.live_area import LiveArea

LOINC = "http://loinc.org"
Connect: TypeAlias = Callable[..., Any]


@pytest.fixture(params=[SyncFHIRClient, AsyncFHIRClient], ids=["sync", "async"])
def connect(request: pytest.FixtureRequest, live_area: LiveArea) -> Connect:
    """Return what makes a client of either form, with headers where a test names some."""

    def make(**headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        authorization = f"Bearer {live_area.tokens['hospital']}"
        return request.param(live_area.base, authorization=authorization, extra_headers=named)

    return make


@pytest.fixture
def client(connect: Connect) -> Any:
    return connect()


async def done(answer: Any) -> Any:
    """Return the answer of either form of the library."""
    return await answer if inspect.isawaitable(answer) else answer


async def new_patient(client: Any, **more: Any) -> Any:
    patient = client.resource("Patient", **{**canary.patient(), **more})
    await done(patient.save())
    return patient


async def new_weight(client: Any, patient: Any, kilograms: float, **more: Any) -> Any:
    weight = client.resource(
        "Observation",
        status="final",
        code={"coding": [{"system": LOINC, "code": "29463-7"}]},
        subject=patient.to_reference(),
        valueQuantity={"value": kilograms, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
        **more,
    )
    await done(weight.save())
    return weight


async def test_a_resource_is_created_read_and_saved_again(client: Any) -> None:
    patient = await new_patient(client, birthDate="1980-02-29")
    assert patient.meta.versionId == "1"
    patient["birthDate"] = "1980-03-01"
    await done(patient.save())
    assert patient.meta.versionId == "2"
    read = await done(client.reference("Patient", patient.id).to_resource())
    assert read == patient
    assert read["birthDate"] == "1980-03-01"


async def test_a_resource_is_refreshed_to_what_somebody_else_saved(client: Any) -> None:
    patient = await new_patient(client)
    other = await done(client.resources("Patient").search(_id=patient.id).get())
    other["active"] = False
    await done(other.update())
    await done(patient.refresh())
    assert (patient["active"], patient.meta.versionId) == (False, "2")


async def test_a_resource_is_saved_under_an_id_of_the_clients_choice(client: Any) -> None:
    chosen = f"ward-{type(client).__name__}"
    ward = client.resource("Organization", id=chosen, name="Ward")
    await done(ward.save())
    assert (await done(client.get("Organization", chosen)))["name"] == "Ward"


async def test_an_update_of_the_version_that_was_read_is_taken_and_a_stale_one_refused(connect: Connect) -> None:
    """Hazard: one clinician's correction is lost under another's."""
    patient = await new_patient(connect())
    held = connect(If_Match='W/"1"')
    first, second = ({**dict(patient), "gender": gender} for gender in ("female", "male"))
    await done(held.resource(**_named(first)).save())
    with pytest.raises((MultipleResourcesFound, OperationOutcome)):
        await done(held.resource(**_named(second)).save())
    await done(patient.refresh())
    assert (patient["gender"], patient.meta.versionId) == ("female", "2")


def _named(resource: dict[str, Any]) -> dict[str, Any]:
    return {"resource_type": resource["resourceType"], **{k: v for k, v in resource.items() if k != "resourceType"}}


async def test_resources_are_found_by_name_identifier_date_and_token(client: Any) -> None:
    family = f"Zzcanary{type(client).__name__}"
    patient = await new_patient(client, name=[{"family": family}], birthDate="1971-05-06", gender="other")
    patients = client.resources("Patient")
    raw = Raw(**{"family:exact": family})  # type: ignore[no-untyped-call]
    for found in (
        patients.search(family=family),
        patients.search(name__contains=family[3:9].lower(), _id=patient.id),
        patients.search(
            identifier=f"{canary.HOSPITAL_SYSTEM}|{patient['identifier'][0]['value']}", family__exact=family
        ),
        patients.search(birthdate__ge="1971-05", birthdate__lt="1971-06", family=family),
        patients.search(gender="male,other", family=family),
        patients.search(raw),
    ):
        assert [each.id for each in await done(found.fetch())] == [patient.id], found
    assert await done(patients.search(family="nobody-at-all").first()) is None
    with pytest.raises(ResourceNotFound):
        await done(patients.search(family="nobody-at-all").get())


async def test_chains_and_reverse_chains_find_what_is_linked(client: Any) -> None:
    family = f"Zzcanarychain{type(client).__name__}"
    practice = await done(client.resource("Organization", name=f"Practice of {family}").save())
    patient = await new_patient(client, name=[{"family": family}], managingOrganization=practice.to_reference())
    weight = await new_weight(client, patient, 71.50)
    observations = client.resources("Observation")
    for found in (
        observations.search(patient__Patient__family=family),
        observations.search(patient__family=family),
        observations.search(subject__Patient__organization__Organization__name=f"Practice of {family}"),
        observations.search(patient=patient, value_quantity__gt=71, code=f"{LOINC}|29463-7"),
    ):
        assert [each.id for each in await done(found.fetch())] == [weight.id], found
    having = client.resources("Patient").has("Observation", "patient", code=f"{LOINC}|29463-7").search(family=family)
    assert [each.id for each in await done(having.fetch())] == [patient.id]


async def test_includes_bring_what_is_referred_to_and_what_refers(client: Any) -> None:
    family = f"Zzcanaryincl{type(client).__name__}"
    practice = await done(client.resource("Organization", name=family).save())
    patient = await new_patient(client, name=[{"family": family}], managingOrganization=practice.to_reference())
    weight = await new_weight(client, patient, 80)
    searched = client.resources("Observation").search(patient=patient).include("Observation", "patient")
    raw = await done(searched.include("Patient", "organization", iterate=True).fetch_raw())
    modes = {(each.resource.resourceType, each.resource.id): each.search.mode for each in raw.entry}
    assert modes == {
        ("Observation", weight.id): "match",
        ("Patient", patient.id): "include",
        ("Organization", practice.id): "include",
    }
    back = await done(
        client.resources("Patient").search(_id=patient.id).revinclude("Observation", "patient").fetch_raw()
    )
    assert {each.resource.id for each in back.entry} == {patient.id, weight.id}


async def test_fetch_all_follows_every_page_once_and_in_order(client: Any) -> None:
    patient = await new_patient(client)
    days = [f"2026-01-{day:02}" for day in range(1, 8)]
    for day in days:
        await new_weight(client, patient, 80, effectiveDateTime=day)
    sorted_ = client.resources("Observation").search(subject=patient).sort("-date").limit(2)
    assert [each["effectiveDateTime"] for each in await done(sorted_.fetch_all())] == days[::-1]
    assert len(await done(sorted_.fetch())) == 2


async def test_elements_and_summaries_leave_the_rest_out(client: Any) -> None:
    patient = await new_patient(client, birthDate="1980-01-01")
    (found,) = await done(client.resources("Patient").search(_id=patient.id).elements("birthDate").fetch())
    assert "name" not in found
    assert found["birthDate"] == "1980-01-01"
    assert "SUBSETTED" in {tag["code"] for tag in found["meta"]["tag"]}


async def test_references_resolve_to_what_they_name(client: Any) -> None:
    patient = await new_patient(client)
    weight = await new_weight(client, patient, 62.0)
    (stored,) = await done(client.resources("Observation").search(_id=weight.id).fetch())
    assert await done(stored["subject"].to_resource()) == patient


async def test_a_json_patch_changes_what_it_names(connect: Connect) -> None:
    patient = await new_patient(connect())
    patching = connect(Content_Type="application/json-patch+json")
    operations = [{"op": "add", "path": "/gender", "value": "female"}]
    answer = await done(patching.execute(f"Patient/{patient.id}", method="patch", data=operations))
    assert (answer["gender"], answer["meta"]["versionId"]) == ("female", "2")


async def test_a_deleted_resource_is_gone_and_its_history_tells_so(client: Any) -> None:
    weight = await new_weight(client, await new_patient(client), 50)
    await done(weight.delete())
    with pytest.raises(ResourceNotFound):
        await done(client.get("Observation", weight.id))
    history = await done(weight.execute("_history", method="get"))
    assert [each["request"]["method"] for each in history["entry"]] == ["DELETE", "POST"]


async def test_a_conditional_create_makes_one_resource(connect: Connect) -> None:
    client = connect()
    system, value = "https://hospital.example/orders", f"order-{type(client).__name__}"
    once = connect(If_None_Exist=f"identifier={system}|{value}")
    patient = await new_patient(client)
    for kilograms in (60, 61):
        await new_weight(once, patient, kilograms, identifier=[{"system": system, "value": value}])
    found = await done(client.resources("Observation").search(identifier=f"{system}|{value}").fetch_all())
    assert [each["valueQuantity"]["value"] for each in found] == [60]


async def test_conditional_updates_and_deletes_mean_what_a_search_finds(client: Any) -> None:
    system, value = "https://hospital.example/wards", f"ward-{type(client).__name__}"
    one = client.resources("Organization").search(identifier=f"{system}|{value}")
    named = {"identifier": [{"system": system, "value": value}]}
    made, created = await done(one.update(client.resource("Organization", name="Old", **named)))
    again, created_again = await done(one.update(client.resource("Organization", name="New", **named)))
    assert (created, created_again, made.id == again.id) == (True, False, True)
    assert (await done(one.get()))["name"] == "New"
    await done(one.delete())
    assert await done(one.fetch_all()) == []


async def test_a_transaction_is_done_as_one(client: Any) -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": "urn:uuid:5b3f1a2c-0001-4000-8000-000000000001",
                "resource": canary.patient(),
                "request": {"method": "POST", "url": "Patient"},
            },
            {
                "resource": {
                    "resourceType": "Observation",
                    "status": "final",
                    "code": {"text": "Weight"},
                    "subject": {"reference": "urn:uuid:5b3f1a2c-0001-4000-8000-000000000001"},
                },
                "request": {"method": "POST", "url": "Observation"},
            },
        ],
    }
    answer = await done(client.execute("", data=bundle))
    assert [each["response"]["status"] for each in answer["entry"]] == ["201 Created", "201 Created"]
    patient_id = answer["entry"][0]["response"]["location"].split("/Patient/")[1].split("/")[0]
    (found,) = await done(client.resources("Observation").search(patient=f"Patient/{patient_id}").fetch_all())
    assert found["subject"]["reference"] == f"Patient/{patient_id}"


async def test_a_transaction_with_one_wrong_entry_writes_nothing(client: Any, live_area: LiveArea) -> None:
    before = live_area.row_count()
    wrong = {"resource": {"resourceType": "Observation"}, "request": {"method": "POST", "url": "Observation"}}
    right = {"resource": canary.patient(), "request": {"method": "POST", "url": "Patient"}}
    with pytest.raises(OperationOutcome):
        await done(client.execute("", data={"resourceType": "Bundle", "type": "transaction", "entry": [right, wrong]}))
    assert live_area.row_count() == before


async def test_everything_is_the_person_and_what_is_about_them(client: Any) -> None:
    patient = await new_patient(client)
    weights = {(await new_weight(client, patient, kilograms)).id for kilograms in (70, 71, 72)}
    whole = await done(patient.execute("$everything", method="get"))
    assert {each["resource"]["id"] for each in whole["entry"]} == {patient.id, *weights}
    assert whole["total"] == 4


async def test_a_resource_is_validated_before_it_is_saved(client: Any) -> None:
    assert await done(client.resource("Patient", **canary.patient()).is_valid())
    wrong = client.resource("Observation", status="nonsense")
    assert not await done(wrong.is_valid())
    with pytest.raises(OperationOutcome):
        await done(wrong.save())


async def test_a_client_without_a_token_is_told_to_sign_in(client: Any) -> None:
    stranger = type(client)(client.url)
    with pytest.raises(AuthorizationError):
        await done(stranger.resources("Patient").fetch())


async def test_what_other_servers_alone_know_is_refused_and_not_passed_over(client: Any, live_area: LiveArea) -> None:
    """Hazard: a question of which half was ignored is answered as if it had been the whole. These three are extensions of one server."""
    before = live_area.row_count()
    with pytest.raises(OperationOutcome):
        await done(client.resources("Patient").count())
    with pytest.raises(OperationOutcome):
        await done(
            client.resources("Patient").search(family="x").get_or_create(client.resource("Patient", active=True))
        )
    with pytest.raises(OperationOutcome):
        await done(client.patch("Patient/x", active=False))
    assert live_area.row_count() == before
