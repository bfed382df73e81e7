"""The SMART configuration: where apps and systems get tokens for this API, and what works of it (SMART App Launch 2.0, 8.1)."""

from collections.abc import Mapping, Sequence
from typing import Final

from lhcr.kernel.json_types import JsonObject

#: Forms of scopes, of which each may name any resource type and fewer letters.
_SCOPES: Final = ("system/*.cruds",)
_CAPABILITIES: Final = ("client-confidential-asymmetric", "permission-v2", "permission-v1")


def smart_configuration(
    *, issuer: str, endpoints: Mapping[str, str], grants: Sequence[str], algorithms: Sequence[str]
) -> JsonObject:
    """Return the configuration. `endpoints` are addresses by their names in it: what has none does not exist here."""
    return {
        "issuer": issuer,
        **{name: f"{issuer}{path}" for name, path in endpoints.items()},
        "grant_types_supported": list(grants),
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(algorithms),
        "scopes_supported": list(_SCOPES),
        "capabilities": list(_CAPABILITIES),
    }
