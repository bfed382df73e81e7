"""Somebody whose sources contradict each other about who they are, in the portal over a real area."""

import re
from collections.abc import Callable

import httpx
from tests.logged import logged_entry
from tests.portal import test_real_area as real
from tests.portal.test_real_area import found

from lhcr.app import App
from lhcr.demo.people import BY_KEY
from lhcr.fhir.json_document import write_json
from lhcr.kernel.json_types import JsonObject

area, browse, traces = real.area, real.browse, real.traces
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"


async def _write(area: App, key: str, **elements: object) -> None:
    """The pharmacy's system writes a Patient with the number of somebody of the demonstration."""
    number = BY_KEY[key].person.nhs_number
    patient: JsonObject = {"resourceType": "Patient", "identifier": [{"system": NHS_NUMBER, "value": number.value}]}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=area)) as client:
        answer = await client.post(
            "http://area.test/fhir/Patient",
            content=write_json(patient | elements),
            headers={"authorization": "Bearer FA123", "content-type": "application/fhir+json"},
        )
    assert answer.status_code == 201, answer.text


async def test_hazard_wrong_person_a_page_says_in_which_demographics_sources_differ_and_who_says_what(
    area: App, browse: Callable[[str], httpx.AsyncClient]
) -> None:
    await _write(area, "rich", name=[{"family": "Hepworth", "given": ["Dorothy"]}], birthDate="1946-04-13")
    gp = browse("gp")
    page = await gp.get(await found(gp, BY_KEY["rich"].person.nhs_number.value))
    said = r"Sources differ in date of birth: 14 March 1946 \([^)]*Aldermere Surgery[^)]*\); 13 April 1946 \([^)]+\)\."
    assert len(re.findall(said, page.text)) == 1, "in the person's details"
    assert "Sources differ in date of birth: see Person details." in page.text, "in the banner"
    assert "This area, from all that its sources say" not in page.text
    assert "Sources differ in name" not in page.text


async def test_every_contribution_that_a_page_shows_is_in_the_log(
    area: App, browse: Callable[[str], httpx.AsyncClient]
) -> None:
    assert area.parts is not None
    desk = browse("receptionist")
    await _write(area, "child")
    await desk.get(await found(desk, BY_KEY["child"].person.nhs_number.value))
    logged = await area.parts.side_pool.fetchval(
        "SELECT convert_from(text, 'UTF8') FROM audit_entry WHERE person_id IS NOT NULL ORDER BY recorded DESC LIMIT 1"
    )
    shown = [name for type_, name, _ in logged_entry(logged)["items"] if type_ == "Patient"]
    assert {"a81001-patient-0009", "rre-patient-0009"} < set(shown)
    assert len(shown) == len(set(shown)) >= 3


async def test_hazard_whereabouts_of_a_restricted_person_differences_name_no_source(
    area: App, browse: Callable[[str], httpx.AsyncClient]
) -> None:
    """Hazard: the address of a restricted person. A practice or pharmacy that says their demographics tells where they are."""
    person = BY_KEY["restricted-address"].person
    name = [{"family": person.family, "given": [person.given]}]
    await _write(area, "restricted-address", name=name, birthDate="1901-01-02")
    gp = browse("gp")
    page = await gp.get(await found(gp, person.nhs_number.value))
    (banner, told) = re.findall(r"Sources differ in date of birth: ([^.]*)\.", page.text)
    assert banner == "see Person details"
    assert "2 January 1901" in told
    assert "(" not in told
