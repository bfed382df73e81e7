"""The demonstration as the portal shows it: who a visitor can be, and which invented people there are to look at."""

from collections.abc import Mapping

from lhcr.demo.organisations import BY_ODS
from lhcr.demo.people import DEMO_PEOPLE, DemoPerson
from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import PERSONAS, Persona
from lhcr.identity.claims import Claims
from lhcr.portal.ports import DemoPersonCard, PersonaCard


def persona_cards() -> list[PersonaCard]:
    """Return those whom a visitor can be: people, no systems."""
    return [_persona_card(each) for each in PERSONAS if not each.is_system]


def persona_claims_by_name() -> Mapping[str, Claims]:
    return {each.name: persona_claims(each) for each in PERSONAS if not each.is_system}


def person_cards() -> list[DemoPersonCard]:
    return [_person_card(each) for each in DEMO_PEOPLE]


def organisation_names() -> Mapping[str, str]:
    """Return the names of the demonstration's organisations by ODS code."""
    return {ods: each.name for ods, each in BY_ODS.items()}


def _persona_card(persona: Persona) -> PersonaCard:
    where = BY_ODS.get(persona.organisation or "")
    work = ", ".join(part for part in (persona.job.display if persona.job else "", where.name if where else "") if part)
    return PersonaCard(persona.name, persona.display, work, persona.does)


def _person_card(known: DemoPerson) -> DemoPersonCard:
    one = known.person
    return DemoPersonCard(one.name, one.nhs_number.display, one.birth_date, known.story)
