"""The users of the portal as the authorization server meets them: who is signed in, and the pages that ask them."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse

from lhcr.identity.principal import Principal
from lhcr.portal.first_page import first_page
from lhcr.portal.ports import SignIns
from lhcr.portal.rendering import STATIC, Look
from lhcr.portal.session_cookie import read_token


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """`secure` says that the area is reached over TLS, as cookies must know."""

    sign_ins: SignIns
    look: Look
    secure: bool
    environment: Environment

    async def signed_in(self, request: Request) -> Principal | None:
        """Return who is signed in to the portal in the browser that asks."""
        token = read_token(request, secure=self.secure)
        return await self.sign_ins.principal(token) if token else None

    def page(
        self,
        template: str,
        values: Mapping[str, object],
        *,
        principal: Principal | None = None,
        status: int = 200,
        leads_to: str = "",
    ) -> HTMLResponse:
        """Return a page. Its forms are sent to this area alone, and lead on to `leads_to`, the app's own address."""
        told = {"area": self.look.area, "demonstration": self.look.demonstration, "principal": principal}
        text = self.environment.get_template(template).render(
            {**told, "first": first_page(principal), "static": STATIC, **values}
        )
        return HTMLResponse(text, status_code=status, headers=_headers(leads_to))


def make_users(sign_ins: SignIns, look: Look, *, secure: bool) -> Users:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("lhcr.auth"), PackageLoader("lhcr.portal")]),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    return Users(sign_ins=sign_ins, look=look, secure=secure, environment=environment)


def _headers(leads_to: str) -> dict[str, str]:
    """Hazard: a page that is framed, so that somebody allows what they do not see."""
    parts = urlsplit(leads_to)
    onward = f" {parts.scheme}://{parts.netloc}" if leads_to else ""
    return {
        "content-security-policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            f"form-action 'self'{onward}; base-uri 'none'; frame-ancestors 'none'"
        ),
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "cache-control": "no-store",
    }
