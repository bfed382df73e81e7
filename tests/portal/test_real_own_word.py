"""Records opened on somebody's own word, over a real area: refused, claimed or in an emergency, read, ended, and who is told."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from tests.portal import test_real_area as real
from tests.portal.test_real_area import found, number

from lhcr.app import App
from lhcr.portal.record_keys import RecordKeys
from lhcr.store.database import Pool

area, browse, traces = real.area, real.browse, real.traces
Browse = Callable[[str], httpx.AsyncClient]
CLAIM = {"reason": "4", "words": "He came to the counter for his tablets"}
URGENT = {"reason": "5", "words": "Found unconscious at the station"}


def pool_of(area: App) -> Pool:
    assert area.parts is not None
    return area.parts.side_pool


@pytest.fixture(autouse=True)
async def nothing_given(area: App) -> None:
    """Each test begins without claims, sessions and alerts; the epochs say so to the worker."""
    await pool_of(area).execute("DELETE FROM fact_relationship WHERE kind IN ('claimed', 'emergency')")
    await pool_of(area).execute("TRUNCATE alert")
    await pool_of(area).execute("UPDATE person SET epoch = epoch + 1")


def told(page: httpx.Response, address: str) -> str:
    """A page without the reference of its decision and the address that was asked for."""
    return re.sub(r"D-[0-9A-Z]{13}", "", page.text).replace(address, "")


async def newest_entries(area: App, count: int) -> list[dict[str, object]]:
    rows = await pool_of(area).fetch("SELECT text FROM audit_entry ORDER BY recorded DESC LIMIT $1", count)
    return [json.loads(row["text"]) for row in rows]


async def test_a_refusal_is_the_same_for_a_stranger_and_for_somebody_who_is_not_here(browse: Browse) -> None:
    """Hazard: a refusal that tells who has a record. Only what was asked for and the reference of the decision differ."""
    stranger = browse("stranger")
    addresses = [
        await found(stranger, number("rich")),
        await found(stranger, number("sensitive")),
        f"/record/{RecordKeys(RecordKeys.new_key()).seal('a' * 32)}",
        "/record/nobody",
    ]
    pages = [await stranger.get(address) for address in addresses]
    assert {page.status_code for page in pages} == {403}
    assert len({told(page, address) for page, address in zip(pages, addresses, strict=True)}) == 1
    assert f'href="{addresses[0]}/claim"' in pages[0].text


@pytest.mark.parametrize("way", ["claim", "emergency"])
async def test_hazard_wrong_person_the_form_names_whom_it_is_about_as_the_trace_did(browse: Browse, way: str) -> None:
    stranger = browse("stranger")
    rich, sensitive = await found(stranger, number("rich")), await found(stranger, number("sensitive"))
    pages = [(await stranger.get(f"{address}/{way}")).text for address in (rich, sensitive)]
    for page, own, other in ((pages[0], "rich", "sensitive"), (pages[1], "sensitive", "rich")):
        assert number(own) in page
        assert number(other) not in page
    nobody = [
        (await stranger.get(f"/record/{key}/{way}")).text.replace(key, "")
        for key in (RecordKeys(RecordKeys.new_key()).seal("a" * 32), "nobody")
    ]
    assert len({*nobody}) == 1
    assert "app-person__name" not in nobody[0]


async def test_a_claim_opens_the_record_and_tells_the_privacy_office(browse: Browse, area: App) -> None:
    stranger = browse("stranger")
    address = await found(stranger, number("rich"))
    other = await found(stranger, number("sensitive"))
    answer = await stranger.post(f"{address}/claim", data=CLAIM)
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    page = await stranger.get(address)
    assert page.status_code == 200
    assert "Warfarin 1mg tablets" in page.text
    assert "You claimed a relationship with this person. It holds until" in page.text
    assert (await stranger.get(other)).status_code == 403
    (alert,) = await pool_of(area).fetch("SELECT type, reason, words, user_id, organisation FROM alert")
    assert tuple(alert) == (1, 4, CLAIM["words"], "stranger", "B82002")
    ended = await stranger.post(f"{address}/claim/end")
    assert "It no longer opens the record." in (await stranger.get(ended.headers["location"])).text
    assert "no longer opens" not in (await stranger.get("/find?ended=anything")).text
    assert (await stranger.get(address)).status_code == 403


async def test_an_emergency_opens_one_record_for_emergency_treatment_until_the_user_signs_out(
    browse: Browse, area: App
) -> None:
    """Hazards: a session about one person that opens another; one that outlives whoever left the screen."""
    stranger = browse("stranger")
    address = await found(stranger, number("rich"))
    other = await found(stranger, number("sensitive"))
    assert (await stranger.post(f"{address}/emergency", data=URGENT)).status_code == 303
    page = await stranger.get(address)
    assert "Emergency access until" in page.text
    assert "Allergy to penicillin" in page.text
    (entry,) = await newest_entries(area, 1)
    assert (entry["purpose"], entry["outcome"]) == ("ETREAT", "0")
    assert (await stranger.get(other)).status_code == 403
    assert (await pool_of(area).fetchval("SELECT type FROM alert")) == 2
    await stranger.post("/sign-out")
    assert (await stranger.get(address)).status_code == 403
    assert await pool_of(area).fetchval("SELECT ended IS NOT NULL FROM alert")


async def test_hazard_a_session_that_has_ended_by_itself_opens_nothing(browse: Browse, area: App) -> None:
    stranger = browse("stranger")
    address = await found(stranger, number("rich"))
    await stranger.post(f"{address}/emergency", data=URGENT)
    assert (await stranger.get(address)).status_code == 200
    # The worker goes by the clock; what is moved here is the session.
    await pool_of(area).execute(
        "UPDATE fact_relationship SET low = low - $1::interval, high = high - $1::interval WHERE kind = 'emergency'",
        timedelta(hours=2),
    )
    await pool_of(area).execute("UPDATE person SET epoch = epoch + 1")
    assert (await stranger.get(address)).status_code == 403


async def test_an_emergency_shows_nothing_that_is_always_kept_back(browse: Browse) -> None:
    """Hazard: a sensitive item exposed, or the address of a restricted person."""
    stranger, gp = browse("stranger"), browse("gp")
    address = await found(stranger, number("restricted-address"))
    await stranger.post(f"{address}/emergency", data=URGENT)
    page = await stranger.get(address)
    assert page.status_code == 200
    for who in (stranger, gp):
        assert "Withheld: this person" in (await who.get(f"{address}/section/demographics")).text


async def test_who_sees_only_what_their_organisation_wrote_is_offered_a_way_to_the_rest(
    browse: Browse, area: App
) -> None:
    """Hazard: a partial record read as the whole one."""
    pharmacist = browse("pharmacist")
    address = await found(pharmacist, number("rich"))
    await pool_of(area).execute(
        "UPDATE fact_relationship SET high = low WHERE party = 'FA123' AND person_id = ("
        "SELECT person_id FROM person_identifier WHERE value = $1 LIMIT 1)",
        number("rich").replace(" ", ""),
    )
    await pool_of(area).execute("UPDATE person SET epoch = epoch + 1")
    page = await pharmacist.get(address)
    assert page.status_code == 403
    assert f'href="{address}/claim"' in page.text
    await pharmacist.post(f"{address}/emergency", data=URGENT)
    page = await pharmacist.get(address)
    assert "Emergency access until" in page.text
    assert "Only what your own organisation wrote is shown" not in page.text


async def test_a_receptionist_is_offered_no_way_and_is_refused_when_they_try(browse: Browse, area: App) -> None:
    desk = browse("receptionist")
    address = "/record/nobody"
    page = await desk.get(address)
    assert page.status_code == 403
    assert "/claim" not in page.text
    for way, said in (("claim", CLAIM), ("emergency", URGENT)):
        assert (await desk.post(f"{address}/{way}", data=said)).status_code == 403
        (entry,) = await newest_entries(area, 1)
        assert (entry["kind"], entry["outcome"], entry["rule"]) == ("alert", "4", way)
    assert await pool_of(area).fetchval("SELECT count(*) FROM alert") == 0


async def test_the_privacy_office_reads_alerts_of_its_own_organisation_and_that_is_in_the_log(
    browse: Browse, area: App
) -> None:
    """Hazard: an office that reads of another organisation's users whom they care for."""
    stranger, office = browse("stranger"), browse("privacy-officer")
    address = await found(stranger, number("rich"))
    await stranger.post(f"{address}/claim", data=CLAIM)
    await pool_of(area).execute("UPDATE alert SET organisation = 'RRE'")
    await stranger.post(f"{address}/claim", data=CLAIM | {"words": "This one is of another organisation"})
    page = await office.get("/alerts")
    assert page.status_code == 200
    assert CLAIM["words"] in page.text
    assert "HEPWORTH, Dorothy" in page.text
    assert "another organisation" not in page.text
    logged = await newest_entries(area, 8)
    assert {"Alerts"} == {str(entry["asked"]) for entry in logged[:2]}
    assert any(entry["subtype"] == "disclosure" and entry["person"] for entry in logged)
    assert (await browse("gp").get("/alerts")).status_code == 403


async def test_alerts_come_by_twenties_and_none_is_left_out(browse: Browse, area: App) -> None:
    stranger, office = browse("stranger"), browse("privacy-officer")
    address = await found(stranger, number("rich"))
    await stranger.post(f"{address}/claim", data=CLAIM)
    await pool_of(area).execute(
        "INSERT INTO alert SELECT person_id, 'n' || n, recorded - n / 2 * interval '1 minute', type, reason, 'Alert number ' || n, "
        "user_id, user_name, role_code, role_name, 'RRE', organisation_name, until, ended, decision "
        "FROM alert, generate_series(1, 45) AS n"
    )
    seen: list[str] = []
    following = "/alerts"
    while following:
        page = (await office.get(following)).text
        seen += re.findall(r"Alert number (\d+)", page)
        following = next(iter(re.findall(r'href="(/alerts\?[^"]+)"', page)), "").replace("&amp;", "&")
    assert len(seen) == 45
    assert set(seen) == {str(n) for n in range(1, 46)}
