"""Systems get tokens for themselves with a signed assertion, and with nothing else."""

import asyncio
import base64
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import ECKey
from tests.auth.clients import KEYS, OTHER_SYSTEM, SYSTEM, Signer, ask, entries, register
from tests.auth.conftest import BASE, running

SIGNER = Signer()


@pytest.fixture(autouse=True)
async def registered(dsn: str, area: httpx.AsyncClient) -> None:  # noqa: ARG001
    await register(dsn, SYSTEM, OTHER_SYSTEM)


def refused(answer: httpx.Response, error: str, status: int = 400) -> None:
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("algorithm", list(KEYS))
async def test_a_system_gets_a_token_that_reads_what_its_scopes_say(area: httpx.AsyncClient, algorithm: str) -> None:
    answer = await ask(area, Signer(algorithm=algorithm).form())
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 300, "system/Observation.rs")
    bearer = {"authorization": f"Bearer {told['access_token']}"}
    assert (await area.get("/fhir/Observation", headers=bearer)).status_code == 200
    assert (await area.get("/fhir/Condition", headers=bearer)).status_code == 403
    assert (await area.post("/fhir/Observation", headers=bearer, json={})).status_code in {400, 403, 415, 422}


async def test_hazard_a_system_reads_only_what_its_own_organisation_contributed(area: httpx.AsyncClient) -> None:
    async def bearer(signer: Signer) -> dict[str, str]:
        answer = await ask(area, signer.form(scope="system/Patient.crus"))
        return {"authorization": f"Bearer {answer.json()['access_token']}", "content-type": "application/fhir+json"}

    own, others = await bearer(SIGNER), await bearer(Signer(client_id="pharmacy-system"))
    patient = {"resourceType": "Patient", "name": [{"family": "Fell"}]}
    made = await area.post("/fhir/Patient", headers=own, json=patient)
    assert made.status_code == 201, made.text
    path = f"/fhir/Patient/{made.headers['location'].split('/Patient/')[1].split('/')[0]}"
    assert (await area.get(path, headers=own)).status_code == 200
    assert (await area.get(path, headers=others)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ("system/*.rs", "system/Observation.rs system/Patient.rs"),
        ("system/*.cruds", "system/Observation.rs system/Patient.crus"),
        ("system/Observation.cruds", "system/Observation.rs"),
        ("system/Observation.read", "system/Observation.rs"),
        ("system/Observation.r system/Observation.s", "system/Observation.rs"),
        ("system/Condition.rs system/Patient.r", "system/Patient.r"),
        ("openid system/Patient.r offline_access", "system/Patient.r"),
    ],
)
async def test_scopes_are_narrowed_to_what_was_registered(area: httpx.AsyncClient, asked: str, granted: str) -> None:
    """Hazard: a sensitive item exposed by a scope that nobody allowed."""
    assert (await ask(area, SIGNER.form(scope=asked))).json()["scope"] == granted


@pytest.mark.parametrize(
    "asked",
    [
        None,
        "",
        " ",
        "openid",
        "system/Condition.rs",
        "user/Observation.rs",
        "patient/*.rs",
        "system/Observation.sr",
        "system/Observation.",
        "system/Nonsense.rs",
        "system/Observation.rs?category=laboratory",
        "system/Observation.rs nonsense",
        "*",
        "system/Patient.d",
    ],
)
async def test_no_token_is_issued_without_a_scope_that_grants_something(
    area: httpx.AsyncClient, asked: str | None
) -> None:
    """Hazard: a token without scopes does all that its bearer may."""
    refused(await ask(area, SIGNER.form(scope=asked)), "invalid_scope")


def segment(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _assertions() -> dict[str, Any]:
    # Told when a test asks, which may be minutes after all were collected.
    now = int(datetime.now(UTC).timestamp())

    def of(**changes: Any) -> Any:
        return lambda: SIGNER.assertion(**changes)

    def unsigned() -> str:
        parts = (SIGNER.header(alg="none"), SIGNER.claims())
        return ".".join(segment(json.dumps(part).encode()) for part in parts) + "."

    def untyped() -> str:
        payload = json.dumps(SIGNER.claims()).encode()
        return jws.serialize_compact(SIGNER.header(typ=None), payload, KEYS["ES384"], algorithms=["ES384"])

    def confused() -> str:
        parts = (SIGNER.header(alg="HS256", kid="key-RS384"), SIGNER.claims())
        signed = ".".join(segment(json.dumps(part).encode()) for part in parts)
        secret = KEYS["RS384"].as_pem(private=False)
        return f"{signed}.{segment(hmac.digest(secret, signed.encode(), 'sha256'))}"

    def oddly(**header: object) -> Any:
        """A header of JSON that no signer writes, before a signature that nobody made."""
        parts = (SIGNER.header(**header), SIGNER.claims())
        return lambda: ".".join(segment(json.dumps(part).encode()) for part in parts) + "." + "A" * 128

    stranger = ECKey.generate_key("P-384")
    return {
        "alg none": unsigned,
        "the public key as a shared secret": confused,
        "another's key": of(key=stranger),
        "the key inside the header": of(key=stranger, header={"jwk": stranger.as_dict(private=False)}),
        "the key at an address": of(key=stranger, header={"jku": "https://evil.example/keys"}),
        "kid that is a path": of(header={"kid": "../../../../dev/null"}),
        "kid that is a statement": of(header={"kid": "' OR 1=1 --"}),
        "kid that is unknown": of(header={"kid": "nobody"}),
        "kid of another key": of(header={"kid": "key-RS384"}),
        "no kid": of(header={"kid": None}),
        "typ of an access token": of(header={"typ": "at+jwt"}),
        "no typ": untyped,
        "typ that is a list": oddly(typ=["JWT"]),
        "alg that is a list": oddly(alg=["ES384"]),
        "kid that is an object": oddly(kid={"key-ES384": 1}),
        "audience elsewhere": of(aud="https://elsewhere/token"),
        "audience that is the API": of(aud=f"{BASE}/fhir"),
        "several audiences": of(aud=[f"{BASE}/auth/token", "https://elsewhere"]),
        "no audience": of(aud=None),
        "another issuer": of(iss="pharmacy-system"),
        "another subject": of(sub="pharmacy-system"),
        "expired": of(exp=now - 1),
        "lives too long": of(exp=now + 900),
        "no expiry": of(exp=None),
        "an expiry of another form": of(exp=str(now + 60)),
        "an expiry that is true": of(exp=True),
        "not valid yet": of(nbf=now + 120),
        "issued in the future": of(iat=now + 120),
        "no jti": of(jti=None),
        "an empty jti": of(jti=""),
        "a jti of another form": of(jti=7),
        "a very long jti": of(jti="x" * 300),
        "noise": lambda: "a.b.c",
        "nothing": lambda: "",
        "very long": lambda: "a" * 20_000,
        "deep": lambda: ".".join([base64.urlsafe_b64encode(b"[" * 900).decode().rstrip("=")] * 3),
    }


@pytest.mark.parametrize("what", list(_assertions()))
async def test_an_assertion_that_is_not_right_in_everything_proves_nothing(area: httpx.AsyncClient, what: str) -> None:
    refused(await ask(area, SIGNER.form(client_assertion=_assertions()[what]())), "invalid_client", 401)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_assertion": None},
        {"client_assertion_type": None},
        {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
        {"client_id": "pharmacy-system"},
        {"client_id": "hospital-system", "client_assertion": None, "client_secret": "x"},
    ],
)
async def test_a_client_proves_itself_by_an_assertion_and_by_nothing_else(
    area: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    refused(await ask(area, SIGNER.form(**changes)), "invalid_client", 401)


async def test_a_client_that_is_not_known_is_told_the_same_as_one_that_is(area: httpx.AsyncClient) -> None:
    unknown = await ask(area, Signer(client_id="nobody").form())
    wrong = await ask(area, SIGNER.form(client_assertion=SIGNER.assertion(key=ECKey.generate_key("P-384"))))
    assert (unknown.status_code, unknown.json()) == (wrong.status_code, wrong.json())


async def test_hazard_an_assertion_is_used_once_whichever_worker_it_is_sent_to(
    area: httpx.AsyncClient, dsn: str
) -> None:
    form = SIGNER.form()
    async with running(dsn) as other:
        answers = await asyncio.gather(*(ask(each, form) for each in (area, other) * 3))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 5
    refused(await ask(area, form), "invalid_client", 401)


async def test_one_clients_use_of_an_id_takes_it_from_nobody_else(area: httpx.AsyncClient) -> None:
    for signer in (SIGNER, Signer(client_id="pharmacy-system")):
        assert (await ask(area, signer.form(client_assertion=signer.assertion(jti="1")))).status_code == 200


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"grant_type=client_credentials&grant_type=client_credentials", {}),
        (b"grant_type=%ff", {}),
        (b"\xff", {}),
        (b"a" * 40_000, {}),
        (b"&".join(b"p%d=1" % i for i in range(100)), {}),
        (b"scope=%00", {}),
        (b"{}", {"content-type": "application/json"}),
        (b"", {}),
    ],
)
async def test_a_request_that_cannot_be_read_is_refused(
    area: httpx.AsyncClient, body: bytes, headers: dict[str, str]
) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    refused(await area.post("/auth/token", content=body, headers=form | headers), "invalid_request")


async def test_secrets_in_an_address_are_refused(area: httpx.AsyncClient) -> None:
    refused(await ask(area, SIGNER.form(), "/auth/token?x=1"), "invalid_request")


@pytest.mark.parametrize("grant", ["password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer", "x" * 999])
async def test_a_grant_that_is_not_done_is_said_to_be_unsupported(area: httpx.AsyncClient, grant: str) -> None:
    answer = await ask(area, SIGNER.form(grant_type=grant))
    refused(answer, "unsupported_grant_type")
    assert grant not in answer.text


async def test_every_grant_and_every_refusal_of_a_known_client_is_in_the_log(area: httpx.AsyncClient, dsn: str) -> None:
    await ask(area, SIGNER.form())
    await ask(area, SIGNER.form(client_assertion="a.b.c", client_id="hospital-system"))
    await ask(area, Signer(client_id="nobody").form())
    granted, wrong = await entries(dsn)
    assert (granted["agent"]["user"], granted["outcome"], granted["asked"]) == (
        "hospital-system",
        "0",
        "hospital-system: system/Observation.rs",
    )
    assert granted["agent"]["token"]
    assert (wrong["agent"]["user"], wrong["outcome"], wrong["rule"]) == ("hospital-system", "4", "invalid_client")


async def test_failed_attempts_are_slowed_and_fill_no_log(area: httpx.AsyncClient, dsn: str) -> None:
    """Hazard: a key found by trying, and a log that a stranger fills. Who proves who they are goes on."""
    wrong = SIGNER.form(client_assertion="a.b.c", client_id="hospital-system")
    answers = [(await ask(area, wrong)).status_code for _ in range(10)]
    slowed = await asyncio.gather(*(ask(area, wrong) for _ in range(10)))
    assert answers == [401] * 10
    assert {(answer.status_code, answer.json()["error"]) for answer in slowed} == {(429, "slow_down")}
    assert len(await entries(dsn)) == 10
    assert (await ask(area, SIGNER.form())).status_code == 200
