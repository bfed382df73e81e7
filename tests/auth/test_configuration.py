"""The SMART configuration claims what works, all of it, and nothing else."""

import httpx
from tests.auth.clients import SYSTEM, Signer, ask, register
from tests.auth.conftest import BASE


async def test_the_configuration_is_open_and_is_json(area: httpx.AsyncClient) -> None:
    answer = await area.get("/fhir/.well-known/smart-configuration")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


async def test_every_endpoint_that_is_claimed_answers(area: httpx.AsyncClient) -> None:
    told = (await area.get("/fhir/.well-known/smart-configuration")).json()
    endpoints = {name: value for name, value in told.items() if name.endswith(("_endpoint", "_uri"))}
    assert {"token_endpoint", "jwks_uri"} <= set(endpoints)
    for address in endpoints.values():
        assert address.startswith(f"{BASE}/auth/")
        assert {(await area.get(address)).status_code, (await area.post(address)).status_code} - {404, 405}


async def test_each_way_of_signing_an_assertion_and_each_grant_that_is_claimed_works(
    area: httpx.AsyncClient, dsn: str
) -> None:
    await register(dsn, SYSTEM)
    told = (await area.get("/fhir/.well-known/smart-configuration")).json()
    assert told["token_endpoint_auth_methods_supported"] == ["private_key_jwt", "none"]
    for algorithm in told["token_endpoint_auth_signing_alg_values_supported"]:
        assert (await ask(area, Signer(algorithm=algorithm).form())).status_code == 200
    for grant in told["grant_types_supported"]:
        answer = await ask(area, Signer().form(grant_type=grant))
        assert answer.json().get("error") != "unsupported_grant_type"


async def test_what_does_not_work_is_not_claimed(area: httpx.AsyncClient) -> None:
    told = (await area.get("/fhir/.well-known/smart-configuration")).json()
    for absent in ("registration_endpoint", "userinfo_endpoint"):
        assert absent not in told
    for absent in ("sso-openid-connect", "launch-ehr", "client-confidential-symmetric"):
        assert absent not in told["capabilities"]
