"""The privacy office as the portal is given it: its cases, and what people ask about accesses to their own record."""

from dataclasses import dataclass

from lhcr.portal.cases import Cases
from lhcr.portal.person_questions import AskedByPerson


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyOffice:
    """`basis` says where the numbers of its policy come from."""

    cases: Cases
    asked: AskedByPerson
    basis: str
