"""The proof of identity behind a session: by which provider, in which session there, when, and on what kind of device somebody gave it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofOfIdentity:
    """`service` is the provider's word in addresses, `provider_session` its own name of its session (`sid`), "" where it told none.

    `proved` is when somebody proved to it who they are (`auth_time`), `device` a kind of device in plain words. A persona proves nothing:
    `service` is "", and `proved` None.
    """

    service: str = ""
    provider_session: str = ""
    proved: datetime | None = None
    device: str = ""


NO_PROOF = ProofOfIdentity()
