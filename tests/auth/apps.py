"""Apps of the tests, and a browser in which somebody lets them act."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlsplit

import httpx
from tests.auth.clients import key_set
from tests.auth.conftest import BASE

from lhcr.identity.clients import Client, ClientKind

BACK = "https://app.example/back"
APP = Client(
    client_id="an-app",
    name="An App",
    kind=ClientKind.APP,
    organisation="",
    organisation_name="",
    public_keys=b"",
    redirect_uris=(BACK, "http://127.0.0.1:9999/cb?x=1"),
    scopes=("user/Observation.rs", "user/Patient.rs", "patient/*.rs", "offline_access"),
)
OTHER_APP = replace(APP, client_id="another-app", redirect_uris=("https://other.example/back",))
KEYED_APP = replace(APP, client_id="keyed-app", public_keys=key_set("ES384"))
ORIGIN = {"origin": BASE}


@dataclass(kw_only=True)
class Flow:
    """One authorization as an app begins it; what a test bends, it gives as changes."""

    client_id: str = "an-app"
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(40))

    def request(self, **changes: str | None) -> dict[str, str]:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        told: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "scope": "user/Observation.rs offline_access",
            "state": "a state",
            "aud": f"{BASE}/fhir",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (told | changes).items() if value is not None}

    def exchange(self, code: str, **changes: str | None) -> dict[str, str]:
        told: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "code": code,
            "redirect_uri": BACK,
            "code_verifier": self.verifier,
        }
        return {name: value for name, value in (told | changes).items() if value is not None}

    def refresh(self, token: str, **changes: str | None) -> dict[str, str]:
        told: dict[str, str | None] = {
            "grant_type": "refresh_token",
            "client_id": self.client_id,
            "refresh_token": token,
        }
        return {name: value for name, value in (told | changes).items() if value is not None}

    async def sign_in(self, browser: httpx.AsyncClient, persona: str) -> httpx.Response:
        onward = f"/auth/authorize?{httpx.QueryParams(self.request())}"
        return await browser.post("/sign-in", data={"persona": persona, "next": onward}, headers=ORIGIN)

    async def decide(
        self, browser: httpx.AsyncClient, decision: str = "allow", /, **changes: str | None
    ) -> dict[str, str]:
        """Open the page, answer it, and return what the app is told at the address to which the browser is led."""
        request = self.request(**changes)
        page = await browser.get("/auth/authorize", params=request)
        session = re.search(r'name="session" value="([^"]+)"', page.text)
        assert session, page.text
        answer = await browser.post(
            "/auth/authorize", data={**request, "session": session[1], "decision": decision}, headers=ORIGIN
        )
        return told_to_app(answer)

    async def code(self, browser: httpx.AsyncClient, **changes: str | None) -> str:
        return (await self.decide(browser, **changes))["code"]

    async def tokens(self, browser: httpx.AsyncClient, **changes: str | None) -> dict[str, str]:
        answer = await browser.post("/auth/token", data=self.exchange(await self.code(browser, **changes)))
        assert answer.status_code == 200, answer.text
        told: dict[str, str] = answer.json()
        return told


def told_to_app(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 303, answer.text
    location = answer.headers["location"]
    assert location.startswith((BACK, "http://127.0.0.1:9999/cb?x=1&")), location
    return dict(parse_qsl(urlsplit(location).query))


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
