"""The SMART configuration: where apps and systems get tokens for this API, and what works of it (SMART App Launch 2.0, 8.1)."""

from collections.abc import Mapping, Sequence
from typing import Final

from lhcr.kernel.json_types import JsonObject

#: Forms of scopes, of which each may name any resource type and fewer letters; and a category, of which such is an example.
_SCOPES: Final = (
    "system/*.cruds",
    "user/*.cruds",
    "patient/*.cruds",
    "patient/Observation.s?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
    "launch/patient",
    "offline_access",
)
_CAPABILITIES: Final = (
    "launch-standalone",
    "context-standalone-patient",
    "client-public",
    "client-confidential-asymmetric",
    "permission-offline",
    "permission-user",
    "permission-patient",
    "permission-v2",
    "permission-v1",
)


def smart_configuration(
    *, issuer: str, endpoints: Mapping[str, str], grants: Sequence[str], algorithms: Sequence[str]
) -> JsonObject:
    """Return the configuration. `endpoints` are addresses by their names in it: what has none does not exist here."""
    return {
        "issuer": issuer,
        **{name: f"{issuer}{path}" for name, path in endpoints.items()},
        "grant_types_supported": list(grants),
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": list(algorithms),
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "scopes_supported": list(_SCOPES),
        "capabilities": list(_CAPABILITIES),
    }
