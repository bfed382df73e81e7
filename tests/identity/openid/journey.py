"""A browser that is led to a provider and back, by hand, so that a test can bend each step."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from tests.identity.openid_provider import OpenIdProvider

from lhcr.identity.openid.code_flow import CodeFlow, Told


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


@dataclass
class Journey:
    flow: CodeFlow
    provider: OpenIdProvider

    async def there(self, account: str = "nurse", *, return_path: str = "/find") -> tuple[dict[str, str], str]:
        """Return what the provider answers by the browser, and the browser's secret."""
        begun = await self.flow.begin(return_path=return_path)
        return query_of(self.provider.answered(query_of(begun.address), self.provider.accounts[account])), begun.secret

    async def whole(self, account: str = "nurse") -> Told:
        answer, secret = await self.there(account)
        return await self.flow.finish(answer, secret=secret)
