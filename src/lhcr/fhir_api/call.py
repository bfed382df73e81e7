"""A call: one interaction that somebody asks for, sent by itself or as an entry of a batch."""

from collections.abc import Mapping
from dataclasses import dataclass

from lhcr.access.request import UNKNOWN, About, AskedPerson, Interaction, Request
from lhcr.fhir_api.content import Content
from lhcr.fhir_api.parameters import Pair
from lhcr.fhir_api.target import Target
from lhcr.identity.principal import Principal, PrincipalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`nested`: whether it is an entry of a batch, whose answer becomes an entry too."""

    method: str
    target: Target
    pairs: tuple[Pair, ...]
    headers: Mapping[str, str]
    content: Content
    principal: Principal
    request_id: str
    nested: bool = False

    @property
    def type(self) -> str:
        return self.target.type

    def request(
        self, interaction: Interaction, about: AskedPerson | About, *, type: str | None, query: str = ""
    ) -> Request:
        """Return what the gate is asked. The directory, person 0 in the store, is nobody.

        What a system sees follows from who contributed it, whomever it names: a decision about one person would hide its own
        entries that name a second one.
        """
        person, by = about if isinstance(about, About) else (about, None)
        return Request(
            interaction=interaction,
            type=type,
            person=None if person == 0 or (person is not UNKNOWN and self._reaches_everybody(interaction)) else person,
            request_id=self.request_id,
            asked=self.target.named,
            query=query,
            by=by,
        )

    def _reaches_everybody(self, interaction: Interaction) -> bool:
        # The person of a search is its scope too, where the search is of a compartment.
        return self.principal.kind is PrincipalKind.SYSTEM and interaction is not Interaction.SEARCH
