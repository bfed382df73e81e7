"""Revocation: what is taken away is gone from the next request on, on every channel and in every worker.

Two workers over one database each answer a reader on every channel, then the ground on which they read is taken away by another
process or the other worker, and the next request of each shows nothing more. The workers look only every five seconds which tokens are
revoked, so that none of it is owed to their looking.

What there is not yet, and is not tried: notices that wait to be sent, and subscriptions.
"""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace as changed
from tests.auth.apps import APP
from tests.auth.clients import SYSTEM, Signer, register
from tests.cli.processes import lhcr
from tests.faults.people_who_ask import GP, OFFICE, PRACTICE, PRACTICE_SYSTEM
from tests.faults.revocable import (
    BASE,
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
from tests.interoperability.bearers import BEARERS
from tests.logged import logged_entry
from tests.record.ordering import COURT, GUARDIAN

from lhcr.access.agreement_file import read_agreements
from lhcr.access.agreement_list import replace_agreements
from lhcr.access.alerts import AlertReason, AlertType
from lhcr.access.own_word import Word
from lhcr.access.policy import baseline_policy
from lhcr.access.policy_change import PolicyChanges
from lhcr.access.request import Interaction, Request
from lhcr.app import build_app
from lhcr.identity import token_state
from lhcr.identity.acting_registration import ActingRegistration, ActingRegistrations
from lhcr.identity.area_settings import ACCESS_POLICY, setting_made_once
from lhcr.identity.clients import Clients
from lhcr.identity.grants import Grants
from lhcr.identity.sessions import Sessions
from lhcr.identity.tokens import Tokens
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.settings import Settings
from lhcr.nhs.purposes import Purpose
from lhcr.record.merge_pair import Pair
from lhcr.record.merge_reason import MergeReason, Seen
from lhcr.store.database import open_pool

Cause = Callable[[TwoWorkers, Reader, Somebody], Awaitable[object]]
ACTING = ActingRegistration(organisations=(PRACTICE,), scopes=("user/*.rs",), purposes=(Purpose.TREATMENT,))


@pytest.fixture(scope="module")
async def area(migrated_database_of_module: Callable[[], str]) -> AsyncIterator[TwoWorkers]:
    async with two_workers(migrated_database_of_module()) as running:
        yield running


@contextlib.asynccontextmanager
async def two_workers(dsn: str, **policy: Any) -> AsyncIterator[TwoWorkers]:
    """Run two workers over a database, with more of a policy than `set_policy` has."""
    clock = FixedClock(datetime.now(UTC))
    await set_policy(dsn, **policy)
    await register(dsn, SYSTEM, APP)
    apps = tuple(build_app(Settings(base_url=BASE), dsn, clock=clock) for _ in range(2))
    async with contextlib.AsyncExitStack() as stack:
        patched = stack.enter_context(pytest.MonkeyPatch.context())
        patched.setattr(token_state, "LOOK_SECONDS", 5.0)
        clients = []
        for app in apps:
            await stack.enter_async_context(app.pages.router.lifespan_context(app.pages))
            transport = httpx.ASGITransport(app=app)
            clients.append(await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=BASE)))
        pool = await stack.enter_async_context(await open_pool(dsn, smallest=1, largest=2))
        await ActingRegistrations(pool, clock=clock).replace(SYSTEM.client_id, ACTING)
        tokens = await Tokens.open(pool, issuer=BASE, audience=f"{BASE}/fhir", clock=clock)
        yield TwoWorkers(dsn=dsn, clock=clock, tokens=tokens, apps=(apps[0], apps[1]), clients=(clients[0], clients[1]))


async def set_policy(dsn: str, **more: Any) -> None:
    """Take the practice's word on what people object to; that an organisation has contributed ties it to nobody."""
    file = msgspec.to_builtins(baseline_policy().file)
    days, consent = file["relationship_days_after"] | {"contribution": 0}, file["consent"] | {"sources": [PRACTICE]}
    policy = msgspec.json.encode({"consent": consent, "relationship_days_after": days} | more)
    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        await setting_made_once(pool, ACCESS_POLICY, make=lambda: policy)


async def answers(area: TwoWorkers, reader: Reader, of: Somebody, channels: dict[str, Ask]) -> dict[str, str]:
    """Return, by channel and worker, "shown" or the status of an answer that shows nothing."""
    told = {}
    for number, worker in enumerate(area.clients):
        for name, ask in channels.items():
            answer = await ask(worker, reader, of)
            assert answer.status_code < 500, (name, answer.text)
            told[f"{name} {number}"] = "shown" if MARK in answer.text else str(answer.status_code)
    return told


async def check(area: TwoWorkers, reader: Reader, of: Somebody, cause: Cause, channels: dict[str, Ask]) -> None:
    """Each channel of each worker shows the entry before, and none of them after."""
    before = await answers(area, reader, of, channels)
    assert {name: told for name, told in before.items() if told != "shown"} == {}
    await cause(area, reader, of)
    after = await answers(area, reader, of, channels)
    assert [name for name, told in after.items() if told == "shown"] == []


EVERY = {**BY_TOKEN, **BY_SESSION}


async def end_relationship(area: TwoWorkers, _: Reader, of: Somebody) -> None:
    over = of.tie | {"status": "finished", "period": {"start": "2020-01-01", "end": "2020-02-01"}}
    await area.send(PRACTICE_SYSTEM, "PUT", f"/EpisodeOfCare/{of.tie['id']}", over)


async def object_to_sharing(area: TwoWorkers, _: Reader, of: Somebody) -> None:
    await area.send(PRACTICE_SYSTEM, "POST", "/Consent", of.consent())


async def end_agreement(area: TwoWorkers, reader: Reader, _: Somebody) -> None:
    off = {"id": "one", "sources": ["RRE"], "recipients": [PRACTICE], "from": "2020-01-01", "categories": ["*"]}
    await agree(area, reader, [off | {"state": "off"}])


async def agree(area: TwoWorkers, reader: Reader, agreements: list[Any]) -> None:
    parts = area.parts
    changes = PolicyChanges(pool=parts.side_pool, log=parts.log, clock=parts.clock, site="Area")
    text = json.dumps({"agreements": agreements}).encode()
    await replace_agreements(changes, reader.principal, read_agreements(text, policy=parts.policy))


@pytest.mark.parametrize("cause", [end_relationship, object_to_sharing])
async def test_hazard_what_a_person_or_their_record_says_counts_with_the_next_request(
    area: TwoWorkers, cause: Cause
) -> None:
    await check(area, await make_reader(area), await make_somebody(area), cause, EVERY)


async def test_a_consent_that_is_withdrawn_counts_with_the_next_request(area: TwoWorkers) -> None:
    """An objection to everything, with leave for the practice, which is then taken back."""
    of, reader = await make_somebody(area), await make_reader(area)
    told = await area.send(PRACTICE_SYSTEM, "POST", "/Consent", of.consent(status="inactive"))

    async def withdraw(*_: object) -> None:
        await area.send(PRACTICE_SYSTEM, "PUT", f"/Consent/{told['id']}", told | {"status": "active"})

    await check(area, reader, of, withdraw, EVERY)


async def test_an_agreement_that_ends_counts_with_the_next_request(area: TwoWorkers) -> None:
    of, reader = await make_somebody(area), await make_reader(area)
    try:
        await check(area, reader, of, end_agreement, EVERY)
    finally:
        await agree(area, reader, [])


async def test_a_value_set_that_is_loaded_counts_with_the_next_request(area: TwoWorkers, tmp_path: Path) -> None:
    """Hazard: a sensitive item exposed."""
    of, reader = await make_somebody(area), await make_reader(area)
    file, database = tmp_path / "invented.txt", ("--database-url", area.dsn)
    file.write_text("http://snomed.info/sct|1001\n", encoding="ascii")

    async def load(*_: object) -> None:
        done = await asyncio.to_thread(lhcr, "sensitivity", "load", str(file), "--label", "GDIS", *database)
        assert done.returncode == 0, done.stderr

    try:
        await check(area, reader, of, load, EVERY)
    finally:
        await asyncio.to_thread(lhcr, "sensitivity", "remove", "invented", *database)


async def revoke_token(area: TwoWorkers, reader: Reader, _: Somebody) -> None:
    names = [area.tokens.verify(reader.token).token_id]
    await token_state.revoke(area.parts.side_pool, names, until=area.clock.now() + timedelta(hours=3))


async def end_grant(area: TwoWorkers, reader: Reader, _: Somebody) -> None:
    await Grants(area.parts.side_pool, clock=area.clock).end(reader.grant.grant_id, ends=reader.grant.ends)


async def end_acting(area: TwoWorkers, _: Reader, __: Somebody) -> None:
    await ActingRegistrations(area.parts.side_pool, clock=area.clock).replace(SYSTEM.client_id, ACTING)


@pytest.mark.parametrize(
    ("cause", "acting"),
    [(revoke_token, False), (end_grant, False), (revoke_token, True), (end_grant, True), (end_acting, True)],
)
async def test_hazard_a_token_that_is_revoked_reads_nothing_more_in_any_worker(
    area: TwoWorkers, cause: Cause, *, acting: bool
) -> None:
    """Whoever lost a telephone or was let go reads on; also by the system that acts in their name."""
    reader = await make_reader(area, acting=acting)
    await check(area, reader, await make_somebody(area), cause, dict(BY_TOKEN))
    # What was read and logged before the worker learnt of it is marked as never sent.
    assert await unsent(area, reader) == len(area.clients)


async def unsent(area: TwoWorkers, reader: Reader) -> int:
    rows = await area.parts.side_pool.fetch("SELECT convert_from(text, 'UTF8') AS text FROM audit_entry")
    entries = [logged_entry(row["text"]) for row in rows]
    return sum(each["subtype"] == "not-sent" and each["agent"]["user"] == reader.claims.sub for each in entries)


async def test_hazard_a_revoked_token_writes_nothing_more_in_any_worker(area: TwoWorkers) -> None:
    of = await make_somebody(area)
    for number, worker in enumerate(area.clients):
        grant = secrets.token_urlsafe(12)
        token = area.token(PRACTICE_SYSTEM, grant=grant)
        headers = {"authorization": f"Bearer {token}"}
        new = {"resourceType": "Organization", "name": f"By a token {grant}"}
        assert (await worker.post("/fhir/Organization", headers=headers, json=new)).status_code == 201
        until = area.clock.now() + timedelta(hours=3)
        await token_state.revoke(area.parts.side_pool, [grant], until=until)
        before = await area.parts.pool.fetchval("SELECT count(*) FROM directory_resource")
        about = {"resourceType": "Condition", "subject": {"reference": f"Patient/{of.patient}"}, "code": {"text": "x"}}
        entry = {"resource": new, "request": {"method": "POST", "url": "Organization"}}
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
        for path, resource in (("/Organization", new), ("/Condition", about), ("", bundle)):
            refused = await worker.post(f"/fhir{path}", headers=headers, json=resource)
            assert refused.status_code == 401, (number, path, refused.text)
        assert await area.parts.pool.fetchval("SELECT count(*) FROM directory_resource") == before


async def test_introspection_refresh_and_exchange_obey_in_the_worker_that_did_not_revoke(area: TwoWorkers) -> None:
    reader = await make_reader(area)
    grants = Grants(area.parts.side_pool, clock=area.clock)
    refresh = await grants.add_refresh(reader.grant)
    own = area.token(PRACTICE_SYSTEM, client=SYSTEM.client_id, grant=reader.grant.grant_id)
    for worker in area.clients:
        assert (await introspected(area, worker, own))["active"] is True
        assert (await exchanged(area, worker, reader.token)).status_code == 200
    await grants.end(reader.grant.grant_id, ends=reader.grant.ends)
    for worker in reversed(area.clients):
        assert (await introspected(area, worker, own)) == {"active": False}
        assert (await exchanged(area, worker, reader.token)).status_code == 400
        form = {"grant_type": "refresh_token", "client_id": APP.client_id, "refresh_token": refresh}
        assert (await worker.post("/auth/token", data=form)).json()["error"] == "invalid_grant"


async def introspected(area: TwoWorkers, worker: httpx.AsyncClient, token: str) -> Any:
    form = Signer(now=area.clock.now()).form(grant_type=None, scope=None, token=token)
    return (await worker.post("/auth/introspect", data=form)).json()


async def exchanged(area: TwoWorkers, worker: httpx.AsyncClient, subject: str) -> httpx.Response:
    kind = "urn:ietf:params:oauth:token-type:access_token"
    grant = "urn:ietf:params:oauth:grant-type:token-exchange"
    signer = Signer(now=area.clock.now())
    form = signer.form(grant_type=grant, scope=None, subject_token=subject, subject_token_type=kind)
    return await worker.post("/auth/token", data=form)


async def test_a_client_that_ends_takes_its_tokens_with_it(area: TwoWorkers) -> None:
    of, reader = await make_somebody(area), await make_reader(area)
    client = replace(APP, client_id=f"app-{secrets.token_hex(4)}")
    await register(area.dsn, client)
    reader = replace(reader, token=area.token(reader.claims, client=client.client_id))

    async def end(*_: object) -> None:
        await Clients(area.parts.side_pool, clock=area.clock).end(client.client_id)

    await check(area, reader, of, end, dict(BY_TOKEN))


async def test_a_role_that_ends_takes_sessions_grants_and_tokens_with_it(area: TwoWorkers) -> None:
    of, reader = await make_somebody(area), await make_reader(area)
    elsewhere = changed(reader.claims, ods="RRE")
    kept = await Sessions(area.parts.side_pool, clock=area.clock).begin(elsewhere)

    async def end(*_: object) -> None:
        command = ("session", "end", "--user", reader.claims.sub, "--organisation", PRACTICE, "--json")
        done = await asyncio.to_thread(lhcr, *command, "--database-url", area.dsn)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == {
            "user": reader.claims.sub, "organisation": PRACTICE, "sessions": 1, "grants": 1,
        }  # fmt: skip

    await check(area, reader, of, end, EVERY)
    assert await Sessions(area.parts.side_pool, clock=area.clock).find(kept) is not None
    text = "SELECT count(*) FROM audit_entry WHERE text LIKE '%user-ended%' AND text LIKE $1"
    statement = text.replace("text LIKE", "convert_from(text, 'UTF8') LIKE")
    assert await area.parts.side_pool.fetchval(statement, f"%{reader.claims.sub} at {PRACTICE}: 1 sessions%") == 1


@pytest.mark.parametrize("type_", [AlertType.RELATIONSHIP, AlertType.ACCESS])
async def test_what_rests_on_somebodys_own_word_ends_with_it(area: TwoWorkers, type_: AlertType) -> None:
    """A claimed relationship, and an emergency session with its purpose."""
    of = await make_somebody(area)
    await end_relationship(area, await make_reader(area), of)
    urgent = type_ is AlertType.ACCESS
    reader = await make_reader(area, GP, purpose="ETREAT" if urgent else "")
    reason = AlertReason.EMERGENCY if urgent else AlertReason.SELF_CLAIM
    own_word = area.parts.own_word
    await own_word.give(reader.principal, of.person, Word(type=type_, reason=reason, words="Found at the station"))

    async def end(*_: object) -> None:
        await own_word.end(reader.principal, of.person, type_)

    await check(area, reader, of, end, EVERY)


async def test_what_ends_by_the_clock_ends_with_the_next_request(area: TwoWorkers) -> None:
    """A claim at its end: nothing is written, and nobody is told."""
    of = await make_somebody(area)
    await end_relationship(area, await make_reader(area), of)
    reader = await make_reader(area, purpose="ETREAT")
    word = Word(type=AlertType.ACCESS, reason=AlertReason.EMERGENCY, words="Found at the station")
    until = await area.parts.own_word.give(reader.principal, of.person, word)
    before = area.clock.instant

    async def wait(*_: object) -> None:
        area.clock.instant = until

    try:
        await check(area, reader, of, wait, dict(BY_TOKEN))
    finally:
        area.clock.instant = before


async def merge(area: TwoWorkers, merged: Somebody, survivor: Somebody) -> None:
    """Have the first worker make one person of two."""
    office = replace(GUARDIAN, expires=area.clock.now() + timedelta(hours=1))
    asked = [Request(interaction=Interaction.ORDER, type=None, person=each.person) for each in (merged, survivor)]
    pair = Pair(*[await area.parts.gate.decide(office, each, anew=True) for each in asked])
    merging = area.parts.record.merging
    await merging.merge(pair, reason=MergeReason.DUPLICATE_REGISTRATION, authority=COURT, seen=Seen())


@pytest.mark.parametrize("objects", ["merged", "survivor"])
async def test_hazard_an_objection_of_either_person_holds_for_both_once_they_are_one(
    area: TwoWorkers, objects: str
) -> None:
    """Decisions, cursors and open pages about the one who did not object end with the merge, in both workers."""
    of, other, reader = await make_somebody(area), await make_somebody(area), await make_reader(area)
    await area.send(PRACTICE_SYSTEM, "POST", "/Consent", other.consent())
    pair = (other, of) if objects == "merged" else (of, other)

    async def cause(*_: object) -> None:
        await merge(area, *pair)

    await check(area, reader, of, cause, EVERY)


@pytest.mark.parametrize("type_", [AlertType.RELATIONSHIP, AlertType.ACCESS])
async def test_hazard_what_rests_on_own_word_about_either_person_ends_with_their_merge(
    area: TwoWorkers, type_: AlertType
) -> None:
    of, other = await make_somebody(area), await make_somebody(area)
    for each in (of, other):
        await end_relationship(area, await make_reader(area), each)
    urgent = type_ is AlertType.ACCESS
    reader = await make_reader(area, GP, purpose="ETREAT" if urgent else "")
    reason = AlertReason.EMERGENCY if urgent else AlertReason.SELF_CLAIM
    word = Word(type=type_, reason=reason, words="Found at the station")
    await area.parts.own_word.give(reader.principal, of.person, word)

    async def cause(*_: object) -> None:
        await merge(area, of, other)

    await check(area, reader, of, cause, EVERY)


async def test_hazard_the_record_of_two_who_are_one_is_whole_under_either_id_with_the_next_request(
    area: TwoWorkers,
) -> None:
    """Partial shown as complete: nothing lies where a worker that has not heard of the merge would look."""
    of, other, reader = await make_somebody(area), await make_somebody(area), await make_reader(area)
    channels = {name: ask for name, ask in EVERY.items() if name != "next page"}
    for each in (of, other):
        before = await answers(area, reader, each, dict(EVERY))
        assert {*before.values()} == {"shown"}
    await merge(area, of, other)
    # A page that was offered of one of them alone would pass over what the other has before it.
    pages = [await answers(area, reader, each, {"next page": EVERY["next page"]}) for each in (of, other)]
    assert [{*told.values()} for told in pages] == [{"410"}, {"410"}]
    for number, worker in enumerate(area.clients):
        for each in (of, other):
            for mine in (of, other):
                told = await worker.get(f"/fhir/Condition?patient={each.patient}", headers=reader.bearer)
                assert mine.condition in told.text, (number, told.text)
    for each in (of, other):
        after = await answers(area, reader, each, channels)
        assert {name: told for name, told in after.items() if told != "shown"} == {}


async def test_hazard_an_entry_is_written_to_the_survivor_by_a_worker_that_has_not_heard_of_the_merge(
    area: TwoWorkers,
) -> None:
    of, other, reader = await make_somebody(area), await make_somebody(area), await make_reader(area)
    await answers(area, reader, of, dict(BY_TOKEN))
    await merge(area, of, other)
    about = {"resourceType": "Condition", "subject": {"reference": f"Patient/{of.patient}"}, "code": {"text": "x"}}
    headers = {**reader.bearer}
    for worker in reversed(area.clients):
        for bearer in (headers, {"authorization": f"Bearer {area.token(PRACTICE_SYSTEM)}"}):
            written = await worker.post("/fhir/Condition", headers=bearer, json=about)
            assert written.status_code == 201, written.text
            home = "SELECT person_id FROM resource WHERE id = $1"
            assert await area.parts.pool.fetchval(home, written.json()["id"]) == other.person


async def test_the_log_is_told_of_both_under_either_id_in_both_workers(area: TwoWorkers) -> None:
    """The search of the office and the person's own page of who looked: what was done with either record, by either id."""
    of, other, reader = await make_somebody(area), await make_somebody(area), await make_reader(area)
    for each in (of, other):
        assert (
            await area.clients[0].get(f"/fhir/Condition/{each.condition}", headers=reader.bearer)
        ).status_code == 200
    place = await area.parts.pool.fetchval("SELECT value FROM person_identifier WHERE person_id = $1", other.person)
    await merge(area, of, other)
    office = {"authorization": f"Bearer {area.token(OFFICE)}"}
    citizen = await make_reader(area, changed(BEARERS["citizen"], nhs_number=place))
    for worker in area.clients:
        for each in (of, other):
            path = f"/fhir/AuditEvent?patient={each.patient}&_count=100&date=ge2000-01-01"
            told = await worker.get(path, headers=office)
            assert told.status_code == 200, told.text
            assert all(mine.condition in told.text for mine in (of, other)), told.text
            page = await worker.get(f"{each.record}/who-looked", headers={"cookie": f"lhcr-session={citizen.session}"})
            assert page.status_code == 200, page.text
            assert page.text.count(reader.claims.name) >= 1
