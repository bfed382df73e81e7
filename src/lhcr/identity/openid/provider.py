"""A provider: a service that people sign in with, and what this area is to it, as the operator's settings say."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from lhcr.identity.openid.client_key import ClientSigningKey, read_client_key
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.settings import Settings

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
#: What identity proofing NHS login is asked for: the photograph was compared with the person.
PROVED: Final = ("P9.Cp.Cd", "P9.Cp.Ck", "P9.Cm")


class Service(Enum):
    """The national services that people sign in with, by the word in this area's addresses."""

    CIS2 = "cis2"
    NHS_LOGIN = "nhs-login"

    @property
    def title(self) -> str:
        return "NHS CIS2" if self is Service.CIS2 else "NHS login"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`asked` are the parameters of an authentication request that are this service's own; `max_age` is in seconds."""

    service: Service
    issuer: str
    client_id: str
    key: ClientSigningKey
    scopes: str
    asked: Mapping[str, str]
    max_age: int
    redirect_uri: str


def read_providers(settings: Settings) -> Mapping[Service, Provider]:
    """Return the providers that are set. Raises Incorrect (`sign-in-settings-invalid`) for one that is set by half or unsafely."""
    told = {
        Service.CIS2: ("staff", settings.staff_issuer, settings.staff_client_id, settings.staff_key_file),
        Service.NHS_LOGIN: ("citizen", settings.citizen_issuer, settings.citizen_client_id, settings.citizen_key_file),
    }
    found = {}
    for service, (who, *parts) in told.items():
        if any(parts):
            found[service] = _provider(settings, service, who, *parts)
    return MappingProxyType(found)


def _provider(settings: Settings, service: Service, who: str, issuer: str, client_id: str, key_file: str) -> Provider:
    prefix = f"LHCR_{who.upper()}_"
    if not (issuer and client_id and key_file):
        raise _invalid(f"{prefix}ISSUER, {prefix}CLIENT_ID and {prefix}KEY_FILE are set together or not at all.")
    if not is_safe_address(issuer):
        raise _invalid(f"{prefix}ISSUER is no https address without a query; http is taken on this machine alone.")
    is_staff = service is Service.CIS2
    return Provider(
        service=service,
        issuer=issuer,
        client_id=client_id,
        key=read_client_key(Path(key_file), setting=f"{prefix}KEY_FILE"),
        scopes=_scopes(settings.staff_scopes if is_staff else settings.citizen_scopes, prefix),
        asked={"acr_values": settings.staff_acr_values} if is_staff else {"vtr": json.dumps(PROVED)},
        max_age=settings.staff_max_age if is_staff else settings.citizen_max_age,
        redirect_uri=f"{settings.base_url.rstrip('/')}/sign-in/{service.value}/back",
    )


def _scopes(told: str, prefix: str) -> str:
    scopes = told.split()
    if "openid" not in scopes:
        raise _invalid(f"{prefix}SCOPES has no openid among them.")
    return " ".join(scopes)


def is_safe_address(address: object) -> bool:
    """Whether an address can be asked without anybody between: https, or http on this machine; no credentials, no fragment."""
    if not isinstance(address, str) or not address.isascii() or not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    if not parts.hostname or "@" in parts.netloc or parts.fragment or parts.query or "\\" in address:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _invalid(diagnostics: str) -> Incorrect:
    return Incorrect([Issue(code="value", error="sign-in-settings-invalid", diagnostics=diagnostics)])
