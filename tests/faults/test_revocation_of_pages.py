"""Revocation, further: pages that tell of a record without showing it, a list that is loaded, an age that is reached, and sessions.

As in `test_revocation`: two workers over one database, and the next request of each shows nothing more.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace as changed
from tests.cli.processes import lhcr
from tests.faults.people_who_ask import GP, OFFICE, PRACTICE, PRACTICE_SYSTEM
from tests.faults.revocable import (
    BY_SESSION,
    BY_TOKEN,
    MARK,
    Ask,
    Reader,
    Somebody,
    TwoWorkers,
    make_reader,
    make_somebody,
)
from tests.faults.test_revocation import check, end_relationship, two_workers
from tests.interoperability import canary
from tests.interoperability.bearers import BEARERS

from lhcr.access.alerts import AlertReason, AlertType
from lhcr.access.own_word import Word
from lhcr.audit.sequencer import Sequencer
from lhcr.identity.own_sessions import OwnSessions
from lhcr.identity.proof_of_identity import ProofOfIdentity
from lhcr.identity.provider_logout import ProviderLogout, end_by_provider
from lhcr.identity.sessions import Sessions, name_of
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.office.watch import make_watch


@pytest.fixture(scope="module")
async def area(migrated_database_of_module: Callable[[], str]) -> AsyncIterator[TwoWorkers]:
    """An area that lets professionals come for research, and takes the practice's word on who acts for whom."""
    purposes = {"professional": ["TREAT", "HRESCH"], "citizen": ["PATRQT"], "system": ["TREAT", "HOPERAT"]}
    offices = {"office": ["HOPERAT"], "operator": ["HOPERAT"]}
    more = {"purposes_by_kind": purposes | offices, "proxy_sources": [PRACTICE]}
    async with two_workers(migrated_database_of_module(), **more) as running:
        yield running


def page(path: str) -> Ask:
    async def ask(worker: httpx.AsyncClient, reader: Reader, of: Somebody) -> httpx.Response:
        where = path.format(record=of.record)
        return await worker.get(where, headers={"cookie": f"lhcr-session={reader.session}"})

    return ask


async def number_of(area: TwoWorkers, of: Somebody) -> str:
    rows = await area.parts.pool.fetch("SELECT value FROM person_identifier WHERE person_id = $1", of.person)
    found: str = next(row["value"] for row in rows if re.fullmatch(r"[0-9]{10}", row["value"]))
    return found


async def test_an_opt_out_that_is_loaded_counts_with_the_next_request(area: TwoWorkers, tmp_path: Path) -> None:
    """Hazard: somebody's record in research against their word."""
    of, file = await make_somebody(area), tmp_path / "numbers"
    reader = await make_reader(area, changed(GP, purposes=[*GP.purposes, "HRESCH"]), purpose="HRESCH")

    async def load(number: str) -> None:
        file.write_text(f"{number}\n", encoding="ascii")
        done = await asyncio.to_thread(lhcr, "opt-out", "load", str(file), "--database-url", area.dsn)
        assert done.returncode == 0, done.stderr

    async def opt_out(*_: object) -> None:
        await load(await number_of(area, of))

    await load(canary.nhs_number(499))
    await check(area, reader, of, opt_out, dict(BY_TOKEN))


async def make_proxy(area: TwoWorkers, of: Somebody) -> Reader:
    """A parent of somebody, whom the practice named."""
    number = canary.nhs_number(next(area.places))
    coding = {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "GUARD"}
    named = {"resourceType": "RelatedPerson", "active": True, "patient": {"reference": f"Patient/{of.patient}"}}
    named |= {"identifier": [{"system": NHS_NUMBER, "value": number}], "relationship": [{"coding": [coding]}]}
    await area.send(PRACTICE_SYSTEM, "POST", "/RelatedPerson", named)
    return await make_reader(area, changed(BEARERS["citizen"], nhs_number=number))


async def test_a_proxys_access_ends_with_the_next_request_when_the_child_has_reached_the_age(area: TwoWorkers) -> None:
    """By the clock alone: nothing is written, and nobody is told. The page of who looked closes with the record."""
    born = (area.clock.now() - timedelta(days=4_000)).date()
    of = await make_somebody(area, birth=born.isoformat())
    proxy = await make_proxy(area, of)
    looked = await make_reader(area, changed(GP, name=f"Dr {MARK}"))
    for worker in area.clients:
        seen = await worker.get(of.record, headers={"cookie": f"lhcr-session={looked.session}"})
        assert seen.status_code == 200
    before = area.clock.instant

    async def wait(*_: object) -> None:
        area.clock.instant += timedelta(days=60)
        again = await Sessions(area.parts.side_pool, clock=area.clock).begin(proxy.claims)
        proxy_now.append(replace(proxy, session=again, token=area.token(proxy.claims)))

    proxy_now: list[Reader] = []

    def later(ask: Ask) -> Ask:
        """Sessions and tokens end long before a child is older: the same proxy, signed in anew."""

        async def asked(worker: httpx.AsyncClient, reader: Reader, whom: Somebody) -> httpx.Response:
            return await ask(worker, proxy_now[0] if proxy_now else reader, whom)

        return asked

    channels = {**BY_SESSION, "read": BY_TOKEN["read"], "who looked": page("{record}/who-looked")}
    try:
        await check(area, proxy, of, wait, {name: later(ask) for name, ask in channels.items()})
    finally:
        area.clock.instant = before


async def make_case(area: TwoWorkers) -> None:
    """A case of the practice's office, of somebody whose name is the mark."""
    of = await make_somebody(area)
    await end_relationship(area, await make_reader(area), of)
    reader = await make_reader(area, changed(GP, name=f"Dr {MARK}"))
    word = Word(type=AlertType.RELATIONSHIP, reason=AlertReason.SELF_CLAIM, words="They came to the desk for it")
    parts = area.parts
    await parts.own_word.give(reader.principal, of.person, word)
    await Sequencer(parts.side_pool, clock=area.clock).sequence_now()
    watch = make_watch(
        parts.side_pool, log=parts.log, policy=parts.policy, clock=area.clock, ids=parts.ids, site="Area"
    )
    assert await watch.check_now() is not None


async def test_the_pages_of_cases_close_with_the_next_request_when_a_role_at_the_desk_ends(area: TwoWorkers) -> None:
    await make_case(area)
    officer = await make_reader(area, OFFICE)
    cookie = {"cookie": f"lhcr-session={officer.session}"}
    queue = await area.clients[0].get("/cases", headers=cookie)
    case = re.findall(r'href="(/cases/[a-z]+)"', queue.text)[0]

    async def end(*_: object) -> None:
        command = ("session", "end", "--user", officer.claims.sub, "--organisation", PRACTICE, "--json")
        done = await asyncio.to_thread(lhcr, *command, "--database-url", area.dsn)
        assert json.loads(done.stdout)["sessions"] == 1, done.stderr

    channels = {"cases": page("/cases"), "case": page(case)}
    await check(area, officer, await make_somebody(area), end, channels)


async def test_a_case_about_an_officer_closes_to_them_with_the_next_request(area: TwoWorkers) -> None:
    """Who is found to be the user of a case, as by a change of role, sees none of it in either worker."""
    await make_case(area)
    rows = await area.parts.side_pool.fetch("SELECT user_id, case_id FROM privacy_case ORDER BY noted DESC LIMIT 1")
    themself = await make_reader(area, OFFICE)
    themself = replace(themself, claims=changed(OFFICE, sub=rows[0]["user_id"]))
    session = await Sessions(area.parts.side_pool, clock=area.clock).begin(themself.claims)
    for worker in area.clients:
        answer = await worker.get(f"/cases/{rows[0]['case_id']}", headers={"cookie": f"lhcr-session={session}"})
        assert (answer.status_code, MARK in answer.text) == (404, False)


async def test_a_session_that_its_user_ends_elsewhere_shows_nothing_more_in_any_worker(area: TwoWorkers) -> None:
    of, reader = await make_somebody(area), await make_reader(area)

    async def end(*_: object) -> None:
        own = OwnSessions(area.parts.side_pool, clock=area.clock)
        assert await own.end(reader.claims.sub, [name_of(reader.session)]) == 1

    await check(area, reader, of, end, dict(BY_SESSION))


async def test_a_session_that_its_provider_ends_shows_nothing_more_in_any_worker(area: TwoWorkers) -> None:
    of, reader = await make_somebody(area), await make_reader(area)
    proof = ProofOfIdentity(service="cis2", provider_session="s-1", proved=area.clock.now())
    session = await Sessions(area.parts.side_pool, clock=area.clock).begin(reader.claims, proof=proof)
    until = area.clock.now() + timedelta(minutes=5)
    logout = ProviderLogout(service="cis2", user_id="", provider_session="s-1", word_id="w-1", until=until)

    async def end(*_: object) -> None:
        ended = await end_by_provider(area.parts.side_pool, logout, now=area.clock.now())
        assert [each.sub for each in ended or ()] == [reader.claims.sub]

    await check(area, replace(reader, session=session), of, end, dict(BY_SESSION))
