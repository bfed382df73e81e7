"""Enumeration and stuffing: sign-ins that fail too often are slowed, told once, and nobody is locked out by them."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from starlette.responses import PlainTextResponse
from structlog.testing import capture_logs
from tests.identity.openid.accounts import NURSE, role, staff
from tests.identity.openid.journey import query_of
from tests.identity.openid_provider import OpenIdProvider
from tests.portal.signing_in.visitor import SESSION, Area, lead, sign_in

from lhcr.audit.log import AuditLog
from lhcr.identity.openid.failed_sign_ins import (
    BEGUN_BY_AN_ADDRESS,
    FAR_BEYOND,
    OF_A_SUBJECT,
    OF_AN_ADDRESS,
    SLOWED_SECONDS,
    Count,
    FailedSignIns,
)
from lhcr.identity.openid.provider import Service
from lhcr.identity.openid.refusal import SignInRefused
from lhcr.kernel.clock import FixedClock
from lhcr.kernel.errors import Busy, Issue, Unavailable
from lhcr.kernel.settings import Settings
from lhcr.portal.make_sign_ins import make_providers, make_sign_in_log
from lhcr.portal.provider_sign_in import ProviderSignIns

ADDRESS = "192.0.2.7"
GUESSED = {"state": "guessed", "code": "guessed"}


class Waits(list[float]):
    """Notes how long somebody would have waited."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
async def sign_ins(
    area: Area, cis2: OpenIdProvider, area_settings: Settings, area_clock: FixedClock, waits: Waits
) -> AsyncIterator[ProviderSignIns]:
    assert cis2.accounts
    area_clock.instant += timedelta(minutes=1)
    log = AuditLog(area.pool)
    journal = make_sign_in_log(area_settings, log, area_clock)
    made = await make_providers(area_settings, area.pool, journal=journal, clock=area_clock, wait=waits)
    assert made is not None
    yield made
    await log.close()


async def guess(sign_ins: ProviderSignIns, *, address: str = ADDRESS) -> type[Exception]:
    try:
        await sign_ins.finish(Service.CIS2, GUESSED, secret="x", address=address, replacing="")
    except (SignInRefused, Busy) as error:
        return type(error)
    raise AssertionError("somebody was let in")


async def test_guesses_from_one_address_are_slowed_and_told_once(
    sign_ins: ProviderSignIns, area: Area, waits: Waits
) -> None:
    before = len(await area.logged())
    with capture_logs() as lines:
        ended = [await guess(sign_ins) for _ in range(OF_AN_ADDRESS + 5)]
    assert ended == [SignInRefused] * OF_AN_ADDRESS + [Busy] * 5
    assert waits == [SLOWED_SECONDS] * 5
    (entry,) = (await area.logged())[before:]
    assert (entry["kind"], entry["subtype"], entry["rule"]) == ("alert", "sign-in-slowed", "slowed")
    slowed = [line for line in lines if line["event"] == "sign-in attempts slowed"]
    assert slowed == [{"event": "sign-in attempts slowed", "log_level": "warning", "way": "cis2"}]


async def test_the_privacy_office_that_oversees_the_area_finds_it_in_its_log(
    sign_ins: ProviderSignIns, browser: httpx.AsyncClient, cis2: OpenIdProvider
) -> None:
    for _ in range(OF_AN_ADDRESS + 1):
        await guess(sign_ins)
    account = staff(role("RRE", "S8001:G8005:R0001"), sub="555000000777")
    assert (await sign_in(browser, cis2, account)).headers["location"] == "/home"
    page = await browser.post("/log", data={})
    assert "Attempts to sign in, so many that they are slowed" in page.text
    assert "Signing in" in page.text


async def test_no_address_and_no_name_is_kept_in_the_count_or_told_in_the_log(
    sign_ins: ProviderSignIns, area: Area
) -> None:
    """Hazard: person data in logs."""
    for _ in range(OF_AN_ADDRESS + 1):
        await guess(sign_ins)
    rows = await area.pool.fetch("SELECT * FROM failed_sign_in")
    told = json.dumps([await area.logged(), [str(dict(row)) for row in rows]], default=str)
    assert ADDRESS not in told
    assert "guessed" not in told


async def test_after_a_minute_an_address_begins_anew(
    sign_ins: ProviderSignIns, area_clock: FixedClock, area: Area
) -> None:
    for _ in range(OF_AN_ADDRESS + 1):
        await guess(sign_ins)
    area_clock.instant += timedelta(minutes=1)
    assert await guess(sign_ins) is SignInRefused
    area_clock.instant += timedelta(minutes=6)
    await sign_ins.failures.sweep()
    assert await area.pool.fetchval("SELECT count(*) FROM failed_sign_in") == 0


async def test_hazard_a_network_of_addresses_is_one(sign_ins: ProviderSignIns) -> None:
    for number in range(OF_AN_ADDRESS):
        assert await guess(sign_ins, address=f"2001:db8::{number:x}") is SignInRefused
    assert await guess(sign_ins, address="2001:db8::ffff:1") is Busy


async def test_another_address_is_not_slowed(sign_ins: ProviderSignIns) -> None:
    for _ in range(OF_AN_ADDRESS + 1):
        await guess(sign_ins)
    assert await guess(sign_ins, address="192.0.2.8") is SignInRefused


async def test_whoever_proves_who_they_are_is_let_in_all_the_same(
    sign_ins: ProviderSignIns, cis2: OpenIdProvider, waits: Waits
) -> None:
    """Hazard: a stranger who locks out a hospital, which has one address."""
    for _ in range(OF_AN_ADDRESS + 3):
        await guess(sign_ins)
    waits.clear()
    begun = await sign_ins.begin(Service.CIS2, return_path="", address=ADDRESS)
    answer = query_of(cis2.answered(query_of(begun.address), cis2.accounts["nurse"]))
    finished = await sign_ins.finish(Service.CIS2, answer, secret=begun.secret, address=ADDRESS, replacing="")
    assert finished.session is not None
    assert waits == []


async def test_one_account_that_is_tried_from_everywhere_is_slowed_by_its_subject(
    sign_ins: ProviderSignIns, cis2: OpenIdProvider, area: Area
) -> None:
    account, ended = staff(NURSE, level="1", sub="5599"), []
    before = len(await area.logged())
    for number in range(OF_A_SUBJECT + 2):
        address = f"192.0.2.{number}"
        begun = await sign_ins.begin(Service.CIS2, return_path="", address=address)
        answer = query_of(cis2.answered(query_of(begun.address), account))
        with pytest.raises((SignInRefused, Busy)) as refused:
            await sign_ins.finish(Service.CIS2, answer, secret=begun.secret, address=address, replacing="")
        ended.append(refused.type)
    assert ended == [SignInRefused] * OF_A_SUBJECT + [Busy] * 2
    subtypes = [each["subtype"] for each in (await area.logged())[before:]]
    assert subtypes == ["sign-in"] * OF_A_SUBJECT + ["sign-in-slowed"]


async def test_sign_ins_that_begin_without_end_are_slowed(
    sign_ins: ProviderSignIns, area: Area, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazards: a table that a stranger fills; and a stranger in its waiting room who keeps a hospital from signing in."""
    monkeypatch.setattr("lhcr.identity.openid.failed_sign_ins.BEGUN_BY_AN_ADDRESS", 3)
    assert BEGUN_BY_AN_ADDRESS > 100
    before = len(await area.logged())
    for _ in range(3 * FAR_BEYOND):
        assert (await sign_ins.begin(Service.CIS2, return_path="", address=ADDRESS)).secret
    assert waits == [SLOWED_SECONDS] * (3 * FAR_BEYOND - 3)
    with pytest.raises(Busy):
        await sign_ins.begin(Service.CIS2, return_path="", address=ADDRESS)
    assert await area.pool.fetchval("SELECT count(*) FROM sign_in_attempt") == 3 * FAR_BEYOND
    assert [each["subtype"] for each in (await area.logged())[before:]] == ["sign-in-slowed"]


async def test_all_workers_count_together(area: Area, area_clock: FixedClock) -> None:
    workers = [FailedSignIns(pool=area.pool, clock=area_clock, key=b"k" * 32) for _ in range(2)]
    counts = [await workers[number % 2].failed(address=ADDRESS) for number in range(OF_AN_ADDRESS + 2)]
    assert counts == [Count.WITHIN] * OF_AN_ADDRESS + [Count.CROSSED, Count.BEYOND]


@pytest.mark.parametrize("subtype", ["sign-in", "sign-out", "role-change"])
async def test_where_the_log_takes_nothing_nobody_is_signed_in(
    area: Area, browser: httpx.AsyncClient, cis2: OpenIdProvider, monkeypatch: pytest.MonkeyPatch, subtype: str
) -> None:
    """Hazard: somebody is signed in and no entry says so."""
    await sign_in(browser, cis2, cis2.accounts["three"])
    monkeypatch.setattr(AuditLog, "append", _refuse) if subtype == "sign-in" else None
    chosen = await browser.post("/sign-in/role", data={"role": "0"})
    monkeypatch.setattr(AuditLog, "append", _refuse)
    if subtype == "sign-in":
        assert chosen.status_code == 503
        assert SESSION not in browser.cookies
        assert await area.pool.fetchval("SELECT count(*) FROM session") == 0
        return
    answer = await (browser.post("/sign-out") if subtype == "sign-out" else browser.post("/role", data={"role": "1"}))
    assert answer.status_code == 503
    # Whatever was asked for, the session from before is over and none has come of it.
    assert await area.pool.fetchval("SELECT count(*) FROM session") == 0


async def _refuse(*_: object) -> None:
    raise Unavailable([Issue(code="transient", error="log-unavailable", diagnostics="The log takes nothing.")])


async def test_no_secret_of_a_sign_in_is_in_a_line_of_the_log(
    browser: httpx.AsyncClient, cis2: OpenIdProvider, capfd: pytest.CaptureFixture[str]
) -> None:
    """Hazard: codes, states and tokens in logs, by which whoever reads them signs in."""
    with capture_logs() as lines:
        asked = await lead(browser)
        answered = query_of(cis2.answered(asked, cis2.accounts["nurse"]))
        cis2.bent.response = lambda name: PlainTextResponse("", status_code=500) if name == "userinfo" else None
        await browser.get("/sign-in/cis2/back", params=answered)
    told = capfd.readouterr()
    said = f"{told.out}{told.err}{lines}"
    assert all(each not in said for each in (answered["code"], answered["state"], asked["nonce"]))
