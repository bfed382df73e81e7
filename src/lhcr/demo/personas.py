"""The personas of the demonstration: who can sign in, where they work and what they come to do. Their names are stable."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from lhcr.nhs.roles import OCCUPATIONS, Occupation


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """Somebody, or some system, that a visitor can be.

    `occupation` is a key of `lhcr.nhs.roles.OCCUPATIONS`, or None for people who sign in as themselves; `practitioner`
    is a reference into the demonstration's directory; `person` is a key of `lhcr.demo.people.BY_KEY`. The neighbour's
    organisation, ZNB, belongs to the neighbouring area and so is in no directory here.
    """

    name: str
    display: str
    does: str
    organisation: str | None = None
    occupation: str | None = None
    practitioner: str | None = None
    person: str | None = None
    is_system: bool = False

    @property
    def job(self) -> Occupation | None:
        return OCCUPATIONS[self.occupation] if self.occupation else None


PERSONAS: Final = (
    Persona(
        name="gp",
        display="Dr Amina Farouk",
        does="Reads the whole record of people registered with Aldermere Surgery and adds to it.",
        organisation="A81001",
        occupation="doctor",
        practitioner="Practitioner/a81001-gp",
    ),
    Persona(
        name="pharmacist",
        display="Leila Haddad",
        does="Checks medicines, allergies and results before supplying; records consultations once, for everyone.",
        organisation="FA123",
        occupation="pharmacist",
        practitioner="Practitioner/fa123-pharmacist",
    ),
    Persona(
        name="pharmacy-technician",
        display="Tom Wetherby",
        does="Sees what is needed to dispense and reconcile medicines.",
        organisation="FA123",
        occupation="pharmacy-technician",
        practitioner="Practitioner/fa123-pharmacy-technician",
    ),
    Persona(
        name="ed-doctor",
        display="Dr Kwame Asante",
        does="Opens the record of whoever arrives at the emergency department, by day and by night.",
        organisation="RRE",
        occupation="doctor",
        practitioner="Practitioner/rre-ed-doctor",
    ),
    Persona(
        name="ward-nurse",
        display="Niamh Daly",
        does="Looks after people on Ward 7 and prepares their discharge.",
        organisation="RRE",
        occupation="nurse",
        practitioner="Practitioner/rre-ward-nurse",
    ),
    Persona(
        name="social-worker",
        display="Grace Okafor",
        does="Plans care and support at home with the person and their family.",
        organisation="ZCC",
        occupation="social-worker",
        practitioner="Practitioner/zcc-social-worker",
    ),
    Persona(
        name="paramedic",
        display="Jordan Pike",
        does="Decides at the scene, in minutes, with what the record says.",
        organisation="ZAM",
        occupation="paramedic",
        practitioner="Practitioner/zam-paramedic",
    ),
    Persona(
        name="receptionist",
        display="Callum Reyes",
        does="Finds people and keeps their demographics right; sees nothing clinical.",
        organisation="A81001",
        occupation="receptionist",
        practitioner="Practitioner/a81001-receptionist",
    ),
    Persona(
        name="patient",
        display="Mrs Dorothy Hepworth",
        does="Reads her own record.",
        person="rich",
    ),
    Persona(name="carer", display="Mrs Hira Malik", does="Acts for her son Yusuf, who is a child.", person="carer"),
    Persona(
        name="privacy-officer",
        display="Margaret Ilesanmi",
        does="Sees why access was allowed or refused at Aldermere Royal Infirmary.",
        organisation="RRE",
        occupation="privacy-officer",
        practitioner="Practitioner/rre-privacy-officer",
    ),
    Persona(
        name="caldicott",
        display="Professor Edmund Vance",
        does="Guards confidentiality: sees why access was allowed or refused, and verifies the log.",
        organisation="RRE",
        occupation="caldicott-guardian",
        practitioner="Practitioner/rre-caldicott",
    ),
    Persona(
        name="supplier",
        display="Patient administration system of Aldermere Royal Infirmary",
        does="Reads, searches and writes what the hospital itself contributed, system to system.",
        organisation="RRE",
        is_system=True,
    ),
    Persona(
        name="pharmacy-system",
        display="Dispensing system of Market Place Pharmacy",
        does="Reads, searches and writes what the pharmacy itself contributed, system to system.",
        organisation="FA123",
        is_system=True,
    ),
    Persona(
        name="operator",
        display="Area operator",
        does="Runs feeds, upgrades and backups; sees no person.",
        occupation="systems-support",
    ),
    Persona(
        name="neighbour",
        display="Dr Siobhan Hale",
        does="Cares for people of this area who are away from home, from the neighbouring area.",
        organisation="ZNB",
        occupation="doctor",
    ),
)
BY_NAME: Final = MappingProxyType({persona.name: persona for persona in PERSONAS})
