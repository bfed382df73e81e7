"""Addresses of the authorization server, below the area's own."""

from collections.abc import Mapping
from typing import Final

JWKS: Final = "/auth/jwks"
TOKEN: Final = "/auth/token"  # noqa: S105 - an address, no secret.
AUTHORIZE: Final = "/auth/authorize"
APPS: Final = "/auth/apps"
INTROSPECT: Final = "/auth/introspect"
REVOKE: Final = "/auth/revoke"
SMART_CONFIGURATION: Final = "/fhir/.well-known/smart-configuration"


def oauth_addresses(issuer: str) -> Mapping[str, str]:
    """Return the addresses of an area by the names that SMART App Launch 1.0 gives them in a CapabilityStatement."""
    paths = {"authorize": AUTHORIZE, "token": TOKEN, "introspect": INTROSPECT, "revoke": REVOKE, "manage": APPS}
    return {name: f"{issuer}{path}" for name, path in paths.items()}
