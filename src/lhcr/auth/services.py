"""The services that the endpoints of the authorization server use."""

from dataclasses import dataclass

from lhcr.identity.tokens import Tokens
from lhcr.kernel.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthServices:
    tokens: Tokens
    clock: Clock
