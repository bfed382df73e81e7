"""Who looked, over a real area: what others do is on the person's page at once, and tells nothing that is hidden from them."""

import asyncio
import html
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.logged import logged_entry
from tests.portal import test_real_area as real
from tests.portal.test_real_area import found, number

from lhcr.app import App
from lhcr.audit.proof import check_proof, decode_proof
from lhcr.demo.people import BY_KEY
from lhcr.demo.personas import BY_NAME
from lhcr.fhir.json_document import write_json
from lhcr.portal.page_place import in_letters

area, browse, traces = real.area, real.browse, real.traces
Browse = Callable[[str], httpx.AsyncClient]
_NOT_TO_THE_PATIENT = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "NOPAT"}]}


async def own_record(client: httpx.AsyncClient) -> str:
    """The address of the record that a citizen reads first."""
    home = await client.get("/home", follow_redirects=False)
    if home.status_code == 303:
        return home.headers["location"]
    addresses: list[str] = re.findall(r'href="(/record/[a-z]+)"', home.text)
    return addresses[-1]


async def history(client: httpx.AsyncClient) -> str:
    page = await client.get(f"{await own_record(client)}/who-looked")
    assert page.status_code == 200, page.text
    return html.unescape(page.text).partition("<main")[2]


def told_of(text: str, name: str) -> list[str]:
    """What the page says of each episode of somebody."""
    lines: list[str] = re.findall(r"<li>.*?</li>", text, re.DOTALL)
    return [line for line in lines if name in line]


async def test_whoever_opens_a_record_is_on_its_persons_page_at_once(browse: Browse) -> None:
    gp = browse("gp")
    await gp.get(await found(gp, number("rich")))
    (line,) = told_of(await history(browse("patient")), "Doctor or other clinician, Aldermere Surgery")
    assert "Dr Amina Farouk" in line
    assert "To care for you" in line
    assert "Allergies and adverse reactions" in line
    assert re.search(r"D-[0-9A-Z]{13}", line)


async def test_a_refused_attempt_is_on_it_too(browse: Browse) -> None:
    stranger = browse("stranger")
    assert (await stranger.get(await found(stranger, number("rich")))).status_code == 403
    text = await history(browse("patient"))
    assert "Nothing that is recorded here said that they were caring for you." in text


async def test_looking_at_the_page_is_decided_and_in_the_log(area: App, browse: Browse) -> None:
    assert area.parts is not None
    patient = browse("patient")
    await history(patient)
    texts = await area.parts.side_pool.fetch("SELECT text FROM audit_entry ORDER BY recorded DESC LIMIT 3")
    assert any(b'"type":"AuditEvent"' in row["text"] and b'"user":"persona:patient"' in row["text"] for row in texts)
    assert "You looked at this record" in await history(patient)


@pytest.mark.parametrize("who", ["patient", "carer", "gp"])
async def test_nobody_reads_the_history_of_a_record_that_is_not_theirs(browse: Browse, who: str) -> None:
    gp = browse("gp")
    other = await found(gp, number("restricted-address"))
    assert (await browse(who).get(f"{other}/who-looked")).status_code == (404 if who == "gp" else 403)
    assert (await browse(who).get("/record/nobody/who-looked")).status_code == (404 if who == "gp" else 403)


async def send(area: App, resource: dict[str, Any]) -> str:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=area)) as client:
        answer = await client.post(
            f"http://area.test/fhir/{resource['resourceType']}",
            content=write_json(resource),
            headers={"authorization": "Bearer A81001", "content-type": "application/fhir+json"},
        )
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def test_hazard_sensitive_item_exposed_an_access_to_what_is_hidden_is_a_look_like_any_other(
    area: App, browse: Browse
) -> None:
    """The system writes a family history that is not to be told to its person, who has no other; then one that may be."""
    person = BY_KEY["same-name-2"].person
    resource = {
        "resourceType": "FamilyMemberHistory",
        "status": "completed",
        "patient": {"reference": f"Patient/a81001-patient-{person.index:04d}"},
        "relationship": {"text": "Father"},
    }
    namesake = browse("namesake")
    before = await history(namesake)
    assert "Family history" not in before
    hidden = await send(area, {**resource, "meta": _NOT_TO_THE_PATIENT})
    after = await history(namesake)
    assert hidden not in after
    assert "Family history" not in after
    assert [told_of(text, "Added to or changed") != [] for text in (before, after)] == [True, True]
    await send(area, resource)
    assert "Family history" in await history(namesake)


async def test_hazard_place_exposed_a_proxy_reads_of_no_organisation_from_which_they_see_nothing(
    browse: Browse,
) -> None:
    stranger = browse("stranger")
    assert (await stranger.get(await found(stranger, number("child")))).status_code == 403
    text = await history(browse("carer"))
    assert "You act for this person" in text
    assert not told_of(text, "Nothing that is recorded here said")
    assert "caring for Yusuf" not in text


async def test_an_office_finds_what_its_own_users_did_and_is_seen_to_have_looked(browse: Browse) -> None:
    """The privacy officer is of the hospital: of the practice's own doctor nothing is shown."""
    gp, office = browse("gp"), browse("privacy-officer")
    await gp.get(await found(gp, number("rich")))
    asked = {"nhs_number": number("rich")}
    first = html.unescape((await office.post("/log", data=asked)).text)
    assert "What was found" in first
    users = re.findall(r'<span class="app-line app-small">([^<]*)</span></th>', first)
    assert set(users) == {"RRE"}
    (line, *_) = told_of(await history(browse("patient")), "Margaret Ilesanmi")
    assert "Checked who had looked at the record" in line
    assert "Privacy officer, who checks that access is right, Aldermere Royal Infirmary" in line


async def test_an_office_finds_by_an_entry_which_of_its_own_wrote_or_read_it(area: App, browse: Browse) -> None:
    """The practice's own doctor is shown an entry of the hospital's, and that is for the practice's office to know."""
    gp, office = browse("gp"), browse("privacy-officer")
    await gp.get(await found(gp, number("rich")))
    assert area.parts is not None
    rows = await area.parts.pool.fetch("SELECT convert_from(text, 'UTF8') AS text FROM audit_entry")
    entries, practice = [logged_entry(row["text"]) for row in rows], BY_NAME["gp"].organisation or ""
    named: dict[str, set[Any]] = {
        ods: {
            item[:2] for each in entries if each["agent"].get("organisation") == ods for item in each.get("items", ())
        }
        for ods in ("RRE", practice)
    }
    type_, own_id = min(named["RRE"] & named[practice])
    told = html.unescape((await office.post("/log", data={"item": f"{type_}/{own_id}/_history/1"})).text)
    users = re.findall(r'<span class="app-line app-small">([^<]*)</span></th>', told)
    assert set(users) == {"RRE"}
    assert told.count('<span class="app-nowrap">') < 20
    other = await office.post("/log", data={"item": f"{type_}/never-was"})
    assert "Nothing in the log fits" in other.text


async def proofs(client: httpx.AsyncClient) -> list[str]:
    text = await history(client)
    found: list[str] = re.findall(r'href="([^"]+/who-looked/[^"]+)"', text)
    return found


async def test_a_person_has_a_proof_of_each_entry_that_anybody_can_check(browse: Browse) -> None:
    gp, patient = browse("gp"), browse("patient")
    await gp.get(await found(gp, number("rich")))
    address = (await proofs(patient))[0]
    answer = await patient.get(address)
    for _ in range(50):
        if answer.status_code == 200:
            break
        # The area's own sequencer signs within a second or so.
        assert "This proof is not ready yet" in answer.text
        await asyncio.sleep(0.1)
        answer = await patient.get(address)
    assert answer.status_code == 200
    verdict = check_proof(decode_proof(answer.content))
    assert verdict.failures == ()
    assert not verdict.text_proved
    forged = decode_proof(answer.content.replace(b'"leaf_index": ', b'"leaf_index": 1'))
    assert not check_proof(forged).holds


async def test_hazard_sensitive_item_exposed_nobody_asks_for_the_proof_of_what_they_were_not_shown(
    area: App, browse: Browse
) -> None:
    """A proxy tries the places of entries about the child one after another, of which one is a refused stranger's."""
    assert area.parts is not None
    carer, patient = browse("carer"), browse("patient")
    record = await own_record(carer)
    rows = await area.parts.side_pool.fetch("SELECT writer_id, seq FROM audit_entry ORDER BY recorded DESC LIMIT 5")
    handle = (await proofs(carer))[0].rpartition("/")[2]
    for row in rows:
        letters = in_letters(f"{row['writer_id']}-{row['seq']}")
        assert (await carer.get(f"{record}/who-looked/{letters}/{handle}")).status_code == 404
    (other, *_) = await proofs(patient)
    assert (await carer.get(other)).status_code == 403
