"""A provider of OpenID Connect over real sockets, with the claims of NHS CIS2 and NHS login, that a test can bend out of true."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

Json = dict[str, Any]
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, kw_only=True)
class Account:
    """Somebody who can sign in: what the ID token says of them beside the usual, and what userinfo does."""

    sub: str
    claims: Json = field(default_factory=dict)
    userinfo: Json = field(default_factory=dict)


@dataclass(kw_only=True)
class Bent:
    """What a test changes: each is given what would be sent, and returns what is."""

    metadata: Callable[[Json], Json] = lambda told: told
    claims: Callable[[Json], Json] = lambda claims: claims
    header: Callable[[Json], Json] = lambda header: header
    token: Callable[[str], str] = lambda token: token
    tokens: Callable[[Json], Json] = lambda told: told
    userinfo: Callable[[Json], Json] = lambda told: told
    jwks: Callable[[Json], Json] = lambda told: told
    answer: Callable[[dict[str, str]], dict[str, str]] = lambda told: told
    response: Callable[[str], Response | None] = lambda _: None
    """What is answered in place of anything, by the last part of the address."""


@dataclass(kw_only=True)
class OpenIdProvider:
    """`clients` are the public keys of those who may redeem codes; `now` is the provider's clock, in seconds."""

    issuer: str = ""
    algorithm: str = "RS256"
    now: Callable[[], float] = time.time
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048))
    kid: str = "key-1"
    clients: dict[str, tuple[Any, str]] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    bent: Bent = field(default_factory=Bent)
    asked: list[str] = field(default_factory=list)
    """The last part of each address that was asked for, in order."""
    _codes: dict[str, tuple[dict[str, str], Account]] = field(default_factory=dict)
    _access: dict[str, Account] = field(default_factory=dict)
    _assertions: set[str] = field(default_factory=set)

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                self._route("/.well-known/openid-configuration", self._metadata),
                self._route("/jwks", self._jwks),
                self._route("/authorize", self._authorize),
                self._route("/login", self._login),
                self._route("/token", self._token, "POST"),
                self._route("/userinfo", self._userinfo),
            ]
        )

    def _route(self, path: str, endpoint: Callable[[Request], Any], method: str = "GET") -> Route:
        name = path.rpartition("/")[2]

        async def answer(request: Request) -> Response:
            self.asked.append(name)
            instead = self.bent.response(name)
            if instead is not None:
                return instead
            answered: Response = await endpoint(request)
            return answered

        return Route(path, answer, methods=[method])

    async def _metadata(self, _: Request) -> Response:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse(self.bent.metadata(told))

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse(self.bent.jwks({"keys": [self.public_key()]}))

    def public_key(self) -> Json:
        return {**self.key.as_dict(private=False), "kid": self.kid, "use": "sig", "alg": self.algorithm}

    async def _authorize(self, request: Request) -> Response:
        """The page on which somebody says who they are."""
        links = (
            f'<p><a href="{escape(self.issuer)}/login?{escape(urlencode({**request.query_params, "as": name}))}">{name}</a></p>'
            for name in self.accounts
        )
        return HTMLResponse(f"<!DOCTYPE html><html lang='en'><title>Provider</title>{''.join(links)}")

    async def _login(self, request: Request) -> Response:
        asked = dict(request.query_params)
        return RedirectResponse(self.answered(asked, self.accounts[asked["as"]]), status_code=303)

    def answered(self, asked: dict[str, str], account: Account) -> str:
        """Return where the browser is led once somebody has signed in."""
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked, account
        told = self.bent.answer({"code": code, "state": asked["state"], "iss": self.issuer})
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        asked, account = self._codes.pop(form.get("code", ""), ({}, None))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        good = account is not None and form.get("redirect_uri") == asked["redirect_uri"]
        good = good and challenge.rstrip(b"=").decode() == asked.get("code_challenge")
        if not self._is_client(form) or form.get("client_id") != asked.get("client_id") or not good or account is None:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        access = secrets.token_urlsafe(24)
        self._access[access] = account
        told = {"access_token": access, "token_type": "Bearer", "id_token": self._id_token(asked, account, access)}
        return JSONResponse(self.bent.tokens(told))

    def _is_client(self, form: dict[str, str]) -> bool:
        key, algorithm = self.clients[form["client_id"]]
        claims = jwt.decode(form["client_assertion"], key, algorithms=[algorithm]).claims
        fresh = claims["jti"] not in self._assertions and claims["exp"] > self.now()
        self._assertions.add(claims["jti"])
        named = (claims["iss"], claims["sub"]) == (form["client_id"], form["client_id"])
        return fresh and named and claims["aud"] == f"{self.issuer}/token"

    def _id_token(self, asked: dict[str, str], account: Account, access: str) -> str:
        digest = getattr(hashlib, f"sha{self.algorithm[-3:]}")(access.encode()).digest()
        now = int(self.now())
        claims = {
            "iss": self.issuer,
            "sub": account.sub,
            "aud": asked["client_id"],
            "azp": asked["client_id"],
            "nonce": asked.get("nonce"),
            "iat": now,
            "auth_time": now,
            "exp": now + 600,
            "at_hash": base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode(),
            **account.claims,
        }
        header = self.bent.header({"alg": self.algorithm, "kid": self.kid, "typ": "JWT"})
        return self.bent.token(self.signed(self.bent.claims(claims), header))

    def signed(self, claims: Json, header: Json) -> str:
        """Return a token signed as its header says: with the private key, with the public key as a secret, or not at all."""
        algorithm = header["alg"]
        parts = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
        if not isinstance(algorithm, str) or not isinstance(header.get("kid", ""), str):
            return f"{parts}.AAAA"
        if algorithm == "none":
            return f"{parts}."
        if algorithm.startswith("HS"):
            secret = self.key.as_pem(private=False)
            return f"{parts}.{_encoded(_hmac(secret, parts.encode()))}"
        return jwt.encode(header, claims, self.key, algorithms=[algorithm])

    def logout_token(self, *, client: str, header: Json | None = None, **claims: Any) -> str:
        """Return the word that somebody is signed out here, as `claims` change it; what is None is left out."""
        now = int(self.now())
        told: Json = {
            "iss": self.issuer,
            "aud": client,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(12),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
            **claims,
        }
        typed = {"alg": self.algorithm, "kid": self.kid, "typ": "logout+jwt"} | (header or {})
        return self.signed({name: value for name, value in told.items() if value is not None}, typed)

    async def _userinfo(self, request: Request) -> Response:
        account = self._access.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if account is None:
            return JSONResponse({"error": "invalid_token"}, status_code=401)
        return JSONResponse(self.bent.userinfo({"sub": account.sub, **account.userinfo}))


def _hmac(secret: bytes, signed: bytes) -> bytes:
    import hmac

    return hmac.digest(secret, signed, "sha256")


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


@contextmanager
def running(provider: OpenIdProvider) -> Iterator[OpenIdProvider]:
    """Serve a provider on a port of this machine, in a thread with a loop of its own."""
    config = uvicorn.Config(provider.application(), host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    provider.issuer = f"http://127.0.0.1:{port}"
    try:
        yield provider
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(timeout=5)
