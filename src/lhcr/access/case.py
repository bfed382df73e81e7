"""A case: everything that the rules know when they judge one request."""

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

from lhcr.access.categories import categories_of_type
from lhcr.access.competence import OF_UNKNOWN_AGE, Competence
from lhcr.access.consent import NO_CONSENTS, Consents
from lhcr.access.emergency import in_emergency
from lhcr.access.policy import DIRECTORY, PRODUCT, Policy
from lhcr.access.relationship import Tie
from lhcr.access.request import UNKNOWN, Interaction, Request
from lhcr.identity.principal import Principal

#: What is asked for whatever type the request names. Hazard: the log, read as what is open to everyone who is signed in.
_TYPE_OF: Final = MappingProxyType({Interaction.TRACE: "Patient", Interaction.AUDIT_READ: "AuditEvent"})


@dataclass(frozen=True, kw_only=True)
class Case:
    """`ties` are those of the person asked for with the principal's parties, empty where nobody or nobody known is named.

    `restricted`: the person asked for must not be found. `consents`: what they object to, as far as it concerns the asker.
    `competence`: what their age says of who may open their record as a citizen.
    `no_opt_out`: it is known that the National Data Opt-out does not keep them from secondary use.
    """

    principal: Principal
    request: Request
    policy: Policy
    ties: tuple[Tie, ...] = ()
    restricted: bool = False
    consents: Consents = NO_CONSENTS
    competence: Competence = OF_UNKNOWN_AGE
    no_opt_out: bool = False

    @cached_property
    def categories(self) -> frozenset[str] | None:
        """The categories that the target may have; None where the request is over all types."""
        type_ = _TYPE_OF.get(self.request.interaction, self.request.type)
        return categories_of_type(type_, policy=self.policy) if type_ else None

    @property
    def of_directory(self) -> bool:
        return self.categories == frozenset({DIRECTORY})

    @property
    def of_products(self) -> bool:
        return self.categories == frozenset({PRODUCT})

    @property
    def in_emergency(self) -> bool:
        """Whether it is asked inside an emergency session that is in force, of this asker about this person."""
        return in_emergency(self.principal, self.ties)

    @property
    def names_person(self) -> bool:
        """Whether somebody is asked for, here or not: a person who is not here is refused as a stranger is."""
        person = self.request.person
        return person is UNKNOWN or (person is not None and person > 0)

    @property
    def on_shelf(self) -> bool:
        """Whether the target lies in a bucket of the shelf, where entries are that name nobody."""
        person = self.request.person
        return person is not None and person is not UNKNOWN and person < 0
