"""Addresses of the authorization server, below the area's own."""

from typing import Final

JWKS: Final = "/auth/jwks"
TOKEN: Final = "/auth/token"  # noqa: S105 - an address, no secret.
AUTHORIZE: Final = "/auth/authorize"
APPS: Final = "/auth/apps"
INTROSPECT: Final = "/auth/introspect"
REVOKE: Final = "/auth/revoke"
SMART_CONFIGURATION: Final = "/fhir/.well-known/smart-configuration"
