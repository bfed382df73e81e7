"""A system acts for a professional: with their token, within what both may, and no longer than either."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from tests.auth.apps import APP, Flow, bearer
from tests.auth.clients import OTHER_SYSTEM, SYSTEM, Signer, entries, register
from tests.auth.conftest import demonstration, running

from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME
from lhcr.identity.acting_registration import ActingRegistration, ActingRegistrations
from lhcr.identity.clients import Clients
from lhcr.kernel.clock import SystemClock
from lhcr.nhs.purposes import Purpose
from lhcr.store.database import open_pool

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
FLOW = Flow()
SCOPES = "user/Observation.rs user/Patient.rs"


@dataclass(kw_only=True)
class Area:
    """A demonstration in which a GP is signed in and a supplier's system may act for the people of the GP's practice."""

    browser: httpx.AsyncClient
    dsn: str
    practice: str = ""

    async def subject(self, **changes: str | None) -> str:
        return (await FLOW.tokens(self.browser, **({"scope": SCOPES} | changes)))["access_token"]

    async def ask(self, subject: str, signer: Signer | None = None, /, **changes: str | None) -> httpx.Response:
        form = (signer or Signer()).form(grant_type=GRANT, scope=None)
        told = form | {"subject_token": subject, "subject_token_type": ACCESS_TOKEN} | changes
        return await self.browser.post("/auth/token", data={k: v for k, v in told.items() if v is not None})

    async def exchanged(self, subject: str, **changes: str | None) -> dict[str, Any]:
        answer = await self.ask(subject, **changes)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def works(self, token: str) -> bool:
        """Whether a token names anybody: what it may do is decided after."""
        return (await self.browser.get("/fhir/Observation?patient=1", headers=bearer(token))).status_code != 401

    async def act(
        self, *organisations: str, scopes: str = "user/Observation.rs", client: str = "hospital-system"
    ) -> None:
        registration = ActingRegistration(
            organisations=organisations, scopes=tuple(scopes.split()), purposes=(Purpose.TREATMENT,)
        )
        async with await open_pool(self.dsn, smallest=1, largest=1) as pool:
            await ActingRegistrations(pool, clock=SystemClock()).replace(client, registration)

    async def look(self) -> None:
        """Have a token of the client's revoked, after which this worker has looked what is revoked."""
        token = (await self.browser.post("/auth/token", data=Signer().form())).json()["access_token"]
        await self.browser.post("/auth/revoke", data=Signer().form() | {"token": token})


@pytest.fixture
async def area(dsn: str) -> AsyncIterator[Area]:
    await demonstration(dsn)
    await register(dsn, replace(APP, scopes=(*APP.scopes, "user/*.rs")), SYSTEM, OTHER_SYSTEM)
    async with running(dsn) as browser:
        assert (await FLOW.sign_in(browser, "gp")).status_code == 303
        area = Area(browser=browser, dsn=dsn)
        area.practice = persona_claims(BY_NAME["gp"]).ods
        await area.act(area.practice)
        yield area


def payload_of(token: str) -> dict[str, Any]:
    import base64

    middle = token.split(".")[1]
    return msgspec.json.decode(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)), type=dict[str, Any])


async def test_an_exchanged_token_names_the_professional_and_the_system(area: Area) -> None:
    subject = await area.subject()
    told = await area.exchanged(subject)
    assert (told["issued_token_type"], told["token_type"]) == (ACCESS_TOKEN, "Bearer")
    assert "refresh_token" not in told
    assert told["scope"] == "user/Observation.rs"
    payload, before = payload_of(told["access_token"]), payload_of(subject)
    assert (payload["client_id"], payload["aud"]) == ("hospital-system", before["aud"])
    assert payload["exp"] <= before["exp"]
    assert await area.works(told["access_token"])


async def test_the_log_names_both(area: Area) -> None:
    told = await area.exchanged(await area.subject())
    await area.browser.get("/fhir/Observation?patient=1", headers=bearer(told["access_token"]))
    granted = (await entries(area.dsn))[-1]
    assert (granted["agent"]["user"], granted["actor"]["user"]) == ("persona:gp", "hospital-system")
    async with await open_pool(area.dsn, smallest=1, largest=1) as pool:
        texts = [row["text"] for row in await pool.fetch("SELECT text FROM audit_entry")]
    read = [each for text in texts if (each := msgspec.json.decode(text))["kind"] == "rest"]
    assert {each["actor"]["user"] for each in read} == {"hospital-system"}


@pytest.mark.parametrize(
    ("subject", "registered", "asked", "granted"),
    [
        ("user/Observation.rs", "user/*.rs", None, "user/Observation.rs"),
        ("user/*.rs", "user/Observation.s user/Patient.rs", None, "user/Observation.s user/Patient.rs"),
        ("user/*.rs", "user/*.cruds", "user/Patient.cruds", "user/Patient.rs"),
    ],
)
async def test_scopes_are_never_wider_than_the_users_or_the_clients(
    area: Area, subject: str, registered: str, asked: str | None, granted: str
) -> None:
    """Hazard: a sensitive item exposed by what neither was let do."""
    await area.act(area.practice, scopes=registered)
    assert (await area.exchanged(await area.subject(scope=subject), scope=asked))["scope"] == granted


@pytest.mark.parametrize("asked", ["user/Condition.rs", "system/Observation.rs", "nonsense", "user/Patient.rs"])
async def test_what_either_lacks_is_refused(area: Area, asked: str) -> None:
    answer = await area.ask(await area.subject(), scope=asked)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


async def test_hazard_a_client_acts_for_the_people_of_registered_organisations_alone(area: Area) -> None:
    subject = await area.subject()
    await area.act("RRE")
    assert (await area.ask(subject)).json()["error"] == "unauthorized_client"
    answer = await area.ask(subject, Signer(client_id="pharmacy-system"))
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"subject_token": None}, "invalid_request"),
        ({"subject_token": "x"}, "invalid_request"),
        ({"subject_token_type": None}, "invalid_request"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"}, "invalid_request"),
        ({"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, "invalid_request"),
        ({"actor_token": "x"}, "invalid_request"),
        ({"actor_token_type": ACCESS_TOKEN}, "invalid_request"),
        ({"audience": "https://elsewhere.example/fhir"}, "invalid_target"),
        ({"resource": "https://elsewhere.example/fhir"}, "invalid_target"),
        ({"client_assertion": "x"}, "invalid_client"),
        ({"client_assertion": None, "client_id": "an-app"}, "invalid_client"),
    ],
)
async def test_what_is_not_an_exchange_is_refused(area: Area, changes: dict[str, str | None], error: str) -> None:
    answer = await area.ask(await area.subject(), **changes)
    assert answer.json()["error"] == error
    assert "access_token" not in answer.json()


async def test_hazard_a_chain_of_systems_is_refused(area: Area) -> None:
    await area.act(area.practice, client="pharmacy-system")
    first = await area.exchanged(await area.subject())
    for signer in (Signer(), Signer(client_id="pharmacy-system")):
        answer = await area.ask(first["access_token"], signer)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_hazard_a_system_acts_for_no_system_and_no_citizen(area: Area) -> None:
    own = (await area.browser.post("/auth/token", data=Signer().form())).json()["access_token"]
    assert (await area.ask(own)).json()["error"] == "invalid_request"
    assert (await FLOW.sign_in(area.browser, "patient")).status_code == 303
    citizen = await area.subject(scope="patient/*.rs")
    assert (await area.ask(citizen)).json()["error"] == "invalid_request"


async def test_a_token_ends_with_the_subjects_own_token(area: Area) -> None:
    subject = await area.subject()
    told = await area.exchanged(subject)
    await area.browser.post("/auth/revoke", data={"client_id": "an-app", "token": subject})
    assert not await area.works(told["access_token"])
    assert (await area.ask(subject)).json()["error"] == "invalid_request"


async def test_a_token_ends_with_the_subjects_grant(area: Area) -> None:
    first = await FLOW.tokens(area.browser, scope=f"{SCOPES} offline_access")
    told = await area.exchanged(first["access_token"])
    await area.browser.post("/auth/revoke", data={"client_id": "an-app", "token": first["refresh_token"]})
    assert not await area.works(told["access_token"])


@pytest.mark.parametrize("ended", ["an-app", "hospital-system"])
async def test_a_token_ends_with_either_client(area: Area, ended: str) -> None:
    told = await area.exchanged(await area.subject())
    async with await open_pool(area.dsn, smallest=1, largest=1) as pool:
        await Clients(pool, clock=SystemClock()).end(ended)
    async with running(area.dsn) as another_worker:
        answer = await another_worker.get("/fhir/Observation", headers=bearer(told["access_token"]))
        assert answer.status_code == 401


async def test_hazard_what_was_registered_is_taken_away_from_tokens_that_live(area: Area) -> None:
    subject = await area.subject()
    told = await area.exchanged(subject)
    await area.act("RRE")
    await area.look()
    assert not await area.works(told["access_token"])
    await area.act(area.practice)
    await area.look()
    assert not await area.works(told["access_token"])
    assert await area.works((await area.exchanged(subject))["access_token"])


async def test_it_lives_no_longer_than_the_subjects(area: Area) -> None:
    from lhcr.auth.token_exchange import LIFETIME

    told = await area.exchanged(await area.subject())
    assert 0 < told["expires_in"] <= LIFETIME.total_seconds()
    assert payload_of(told["access_token"])["exp"] <= (datetime.now(UTC) + timedelta(minutes=10)).timestamp()


async def test_a_client_learns_of_its_own_token_for_whom_it_acts(area: Area) -> None:
    told = await area.exchanged(await area.subject())
    form = Signer().form() | {"token": told["access_token"]}
    known = (await area.browser.post("/auth/introspect", data=form)).json()
    assert (known["active"], known["act"], known["sub"]) == (
        True,
        {"sub": "hospital-system"},
        payload_of(told["access_token"])["sub"],
    )


async def test_hazard_no_emergency_is_chosen_in_somebodys_name(area: Area) -> None:
    told = await area.exchanged(await area.subject())
    head = bearer(told["access_token"]) | {"x-lhcr-purpose": "ETREAT"}
    answer = await area.browser.get("/fhir/Observation?patient=1", headers=head)
    assert answer.status_code == 403
    assert "not registered to act for this purpose" in answer.text


async def test_a_refusal_stands_in_the_log_under_the_users_name(area: Area) -> None:
    await area.ask(await area.subject(), scope="user/Condition.rs")
    refused = (await entries(area.dsn))[-1]
    assert (refused["agent"]["user"], refused["rule"]) == ("persona:gp", "invalid_scope")
    assert "hospital-system" in refused["asked"]
