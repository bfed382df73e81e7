"""What whoever holds a token learns of its user: nothing but a name that is good for one client.

Hazard guarded here: person data in what apps, proxies and crash reports write down, of which a bearer token is a part.
"""

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import msgspec
import pytest
from tests.auth.apps import APP, OTHER_APP, Flow
from tests.auth.clients import SYSTEM, Signer, key_set, register
from tests.auth.conftest import demonstration, running

from lhcr.auth.token_exchange import ACCESS_TOKEN, GRANT
from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME
from lhcr.identity.acting_registration import ActingRegistration, ActingRegistrations
from lhcr.kernel.clock import SystemClock
from lhcr.nhs.purposes import Purpose
from lhcr.store.database import open_pool

KEYED = replace(APP, client_id="keyed-app", public_keys=key_set("ES384"))
#: What a token says openly, and nothing beside it.
OPEN = {"iss", "aud", "iat", "exp", "jti", "sub", "client_id", "scope", "sealed"}
SCOPES = {"patient": "patient/*.rs offline_access", "gp": "user/Observation.rs offline_access"}


@pytest.fixture
async def area(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    await demonstration(dsn)
    await register(dsn, APP, OTHER_APP, KEYED, SYSTEM)
    registration = ActingRegistration(
        organisations=(persona_claims(BY_NAME["gp"]).ods,),
        scopes=("user/Observation.rs",),
        purposes=(Purpose.TREATMENT,),
    )
    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        await ActingRegistrations(pool, clock=SystemClock()).replace("hospital-system", registration)
    async with running(dsn) as client:
        yield client


def decoded(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def payload_of(token: str) -> dict[str, Any]:
    return msgspec.json.decode(decoded(token.split(".")[1]), type=dict[str, Any])


def read(token: str) -> str:
    """All that can be read of a token without a key: its segments, and those of what is sealed in it."""
    parts = [*token.split("."), *payload_of(token)["sealed"].split(".")]
    return token + b"\n".join(decoded(part) for part in parts).decode("latin-1")


def secrets_of(persona: str) -> list[str]:
    """What names or describes somebody; the letters of base64 would say a short one by chance, so that these are long."""
    claims = persona_claims(BY_NAME[persona])
    told = (claims.sub, claims.name, claims.nhs_number, claims.role, claims.role_name, claims.ods, claims.organisation)
    return [each for each in (*told, claims.kind.value, *claims.name.split()) if each and len(each) > 4]


async def proof(flow: Flow) -> dict[str, str]:
    return {key: value for key, value in Signer(client_id=flow.client_id).form().items() if key.startswith("client_")}


@pytest.mark.parametrize("persona", ["patient", "gp"])
async def test_hazard_nothing_that_an_app_is_given_says_who_its_user_is(area: httpx.AsyncClient, persona: str) -> None:
    flow = Flow(client_id="keyed-app")
    await flow.sign_in(area, persona)
    code = await flow.code(area, scope=SCOPES[persona])
    answer = await area.post("/auth/token", data=flow.exchange(code, **await proof(flow)))
    told = answer.json()
    said = answer.text + read(told["access_token"])
    for token in (told["access_token"], told["refresh_token"]):
        known = await area.post("/auth/introspect", data={**await proof(flow), "token": token})
        assert known.json()["active"] is True
        assert known.json()["sub"] == payload_of(told["access_token"])["sub"]
        said += known.text
    assert payload_of(told["access_token"]).keys() == OPEN
    assert len(secrets_of(persona)) > 3
    assert [each for each in secrets_of(persona) if each in said] == []


async def test_hazard_nor_does_what_a_system_is_given_that_acts_for_a_professional(area: httpx.AsyncClient) -> None:
    flow = Flow()
    await flow.sign_in(area, "gp")
    subject = (await flow.tokens(area))["access_token"]
    form = Signer().form(grant_type=GRANT, scope=None)
    exchanged = {**form, "subject_token": subject, "subject_token_type": ACCESS_TOKEN}
    answer = await area.post("/auth/token", data=exchanged)
    token = answer.json()["access_token"]
    assert payload_of(token).keys() == OPEN
    said = answer.text + read(token)
    assert [each for each in secrets_of("gp") if each in said] == []


async def test_an_app_knows_its_user_again_and_two_apps_cannot_tell_that_theirs_is_the_same(
    area: httpx.AsyncClient,
) -> None:
    one, other = Flow(), Flow(client_id="another-app")
    await one.sign_in(area, "gp")
    back = {"redirect_uri": OTHER_APP.redirect_uris[0]}
    names = [payload_of((await one.tokens(area))["access_token"])["sub"] for _ in range(2)]
    code = (await area_code(area, other, **back))["code"]
    told = (await area.post("/auth/token", data=other.exchange(code, **back))).json()
    assert names[0] == names[1] != payload_of(told["access_token"])["sub"]


async def area_code(area: httpx.AsyncClient, flow: Flow, **changes: str) -> dict[str, str]:
    request = flow.request(**changes)
    page = await area.get("/auth/authorize", params=request)
    session = page.text.split('name="session" value="')[1].split('"')[0]
    answer = await area.post(
        "/auth/authorize",
        data={**request, "session": session, "decision": "allow"},
        headers={"origin": str(area.base_url)},
    )
    return dict(httpx.URL(answer.headers["location"]).params)


async def test_a_system_is_told_its_own_name(area: httpx.AsyncClient) -> None:
    answer = await area.post("/auth/token", data=Signer().form())
    payload = payload_of(answer.json()["access_token"])
    assert (payload["sub"], payload["client_id"]) == ("hospital-system", "hospital-system")
