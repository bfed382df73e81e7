"""A system that acts for a person: which it is, and for whom and to what purposes it was let, as a token says it (RFC 8693 `act`)."""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from lhcr.nhs.ods import OdsCode
from lhcr.nhs.purposes import Purpose

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Optional = Annotated[str, msgspec.Meta(max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingClient:
    """`organisation` is whose system it is; `acts_for` the organisation for whose people it asks with this token.

    Its `repr` names the client alone.
    """

    client_id: str
    name: str
    organisation: str
    organisation_name: str
    acts_for: str
    purposes: frozenset[Purpose]

    def __repr__(self) -> str:
        return f"ActingClient({self.client_id!r})"


class Act(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a token says of the system that acts: `sub` is its client id, as RFC 8693 4.1 asks."""

    sub: _Text
    name: _Text
    ods: _Optional = ""
    organisation: _Optional = ""
    acts_for: _Text
    purposes: Annotated[list[_Text], msgspec.Meta(min_length=1, max_length=10)]

    def client(self) -> ActingClient:
        """Return the system. Raises Incorrect where it names an organisation or a purpose that is none."""
        return ActingClient(
            client_id=self.sub,
            name=self.name,
            organisation=OdsCode(self.ods).value if self.ods else "",
            organisation_name=self.organisation,
            acts_for=OdsCode(self.acts_for).value,
            purposes=frozenset(Purpose.parse(code) for code in self.purposes),
        )
