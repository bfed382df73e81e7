"""The organisations of the demonstration area and who works in them, as data.

A81001, RRE and FA123 are the codes that the public surface of the project fixes. The codes that begin with Z are this
demonstration's own, because ODS gives out none of them for a made-up council, trust or ambulance service. All names of
organisations and people are invented.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who works in an organisation: `key` names them within it, `job` says what they do there."""

    key: str
    prefix: str
    given: str
    family: str
    job: str

    @property
    def display(self) -> str:
        return " ".join(part for part in (self.prefix, self.given, self.family) if part)


@dataclass(frozen=True, slots=True)
class Site:
    """A place where an organisation sees people: its key within the organisation, its name, and what kind it is."""

    key: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Source:
    """An organisation that contributes to the record, with its people, places and services."""

    ods: str
    name: str
    kind: str
    kind_code: str
    town: str
    phone: str
    staff: tuple[Staff, ...]
    sites: tuple[Site, ...]
    services: tuple[str, ...]

    @property
    def slug(self) -> str:
        """What every id of this source begins with, so that no two sources meet in the one namespace of ids."""
        return self.ods.lower()

    def member(self, key: str) -> Staff:
        return next(member for member in self.staff if member.key == key)

    def site(self, key: str) -> Site:
        return next(site for site in self.sites if site.key == key)


GP_PRACTICE: Final = Source(
    ods="A81001",
    name="Aldermere Surgery",
    kind="GP practice",
    kind_code="prov",
    town="Aldermere",
    phone="01632 960100",
    staff=(
        Staff("gp", "Dr", "Amina", "Farouk", "General practitioner"),
        Staff("gp-partner", "Dr", "Owen", "Carrick", "General practitioner"),
        Staff("practice-nurse", "", "Beth", "Sowerby", "Practice nurse"),
        Staff("receptionist", "", "Callum", "Reyes", "Receptionist"),
    ),
    sites=(Site("surgery", "Aldermere Surgery, Mill Lane", "surgery"),),
    services=("General practice", "Long-term conditions clinic"),
)
HOSPITAL: Final = Source(
    ods="RRE",
    name="Aldermere Royal Infirmary",
    kind="NHS trust",
    kind_code="prov",
    town="Aldermere",
    phone="01632 960200",
    staff=(
        Staff("ed-doctor", "Dr", "Kwame", "Asante", "Emergency medicine doctor"),
        Staff("ward-nurse", "", "Niamh", "Daly", "Ward nurse"),
        Staff("cardiologist", "Dr", "Priya", "Menon", "Consultant cardiologist"),
        Staff("physician", "Dr", "Stefan", "Lindqvist", "Consultant in general medicine"),
        Staff("surgeon", "Miss", "Rosalind", "Achterberg", "Consultant surgeon"),
        Staff("hospital-pharmacist", "", "Jun", "Takeda", "Hospital pharmacist"),
        Staff("privacy-officer", "", "Margaret", "Ilesanmi", "Privacy officer"),
        Staff("caldicott", "Professor", "Edmund", "Vance", "Caldicott guardian"),
    ),
    sites=(
        Site("emergency", "Emergency Department, Aldermere Royal Infirmary", "emergency department"),
        Site("ward-7", "Ward 7, Aldermere Royal Infirmary", "ward"),
        Site("outpatients", "Outpatients, Aldermere Royal Infirmary", "outpatient clinic"),
    ),
    services=("Emergency care", "Cardiology", "General medicine", "Pathology"),
)
PHARMACY: Final = Source(
    ods="FA123",
    name="Market Place Pharmacy",
    kind="Community pharmacy",
    kind_code="prov",
    town="Aldermere",
    phone="01632 960300",
    staff=(
        Staff("pharmacist", "", "Leila", "Haddad", "Pharmacist"),
        Staff("pharmacy-technician", "", "Tom", "Wetherby", "Pharmacy technician"),
    ),
    sites=(Site("shop", "Market Place Pharmacy, 4 Market Place", "community pharmacy"),),
    services=("Dispensing", "Pharmacy First", "Blood pressure check", "New Medicine Service"),
)
COUNCIL: Final = Source(
    ods="ZCC",
    name="Aldermere Borough Council, adult and children's social care",
    kind="Social care provider",
    kind_code="govt",
    town="Aldermere",
    phone="01632 960400",
    staff=(
        Staff("social-worker", "", "Grace", "Okafor", "Social worker"),
        Staff("occupational-therapist", "", "Iwan", "Prosser", "Occupational therapist"),
    ),
    sites=(Site("office", "Civic Offices, Aldermere", "office"),),
    services=("Adult social care", "Reablement"),
)
COMMUNITY: Final = Source(
    ods="ZCT",
    name="Aldermere Community Health Trust",
    kind="Community trust",
    kind_code="prov",
    town="Aldermere",
    phone="01632 960500",
    staff=(
        Staff("district-nurse", "", "Helen", "Marsh", "District nurse"),
        Staff("palliative-nurse", "", "Ruth", "Ellison", "Palliative care nurse specialist"),
        Staff("health-visitor", "", "Shabnam", "Iqbal", "Health visitor"),
        Staff("sexual-health", "Dr", "Marcus", "Fenn", "Consultant in sexual health"),
    ),
    sites=(Site("health-centre", "Weir Street Health Centre", "health centre"),),
    services=("District nursing", "Palliative care", "Health visiting", "Sexual health"),
)
AMBULANCE: Final = Source(
    ods="ZAM",
    name="Fellside Ambulance Service",
    kind="Ambulance service",
    kind_code="prov",
    town="Wexcombe",
    phone="01632 960600",
    staff=(Staff("paramedic", "", "Jordan", "Pike", "Paramedic"),),
    sites=(Site("station", "Wexcombe Ambulance Station", "ambulance station"),),
    services=("Emergency ambulance",),
)

#: All sources, in the order in which they contribute.
SOURCES: Final = (GP_PRACTICE, HOSPITAL, PHARMACY, COUNCIL, COMMUNITY, AMBULANCE)
BY_ODS: Final = MappingProxyType({source.ods: source for source in SOURCES})
