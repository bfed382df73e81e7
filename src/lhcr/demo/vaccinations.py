"""Vaccinations given, with product, batch, site, route and who gave them, and one that was declined."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from lhcr.demo import codes
from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.elements import concept, moment, quantity, text_only

_PROCEDURE: Final = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure"


@dataclass(frozen=True, slots=True)
class Vaccine:
    product: Code
    procedure: Code
    against: str


INFLUENZA: Final = Vaccine(codes.INFLUENZA_VACCINE, codes.INFLUENZA_VACCINATION, "Influenza")
INFLUENZA_AT_PHARMACY: Final = Vaccine(codes.INFLUENZA_VACCINE, codes.PHARMACIST_INFLUENZA_VACCINATION, "Influenza")
COVID: Final = Vaccine(Code("COVID-19 mRNA vaccine 0.3ml dose"), codes.COVID_VACCINATION, "COVID-19")
PNEUMOCOCCAL: Final = Vaccine(
    Code("Pneumococcal polysaccharide vaccine 0.5ml dose"), codes.PNEUMOCOCCAL_VACCINATION, "Pneumococcal disease"
)
SHINGLES: Final = Vaccine(Code("Shingles vaccine 0.5ml dose"), codes.SHINGLES_VACCINATION, "Shingles")
MMR: Final = Vaccine(
    Code("Measles, mumps and rubella vaccine 0.5ml dose"), codes.MMR_VACCINATION, "Measles, mumps, rubella"
)

#: The campaign against influenza begins on this day of a year, and lasts so many days here.
_BEGINS: Final = (10, 1)
LONGEST: Final = 40


def autumn(today: date, *, into: int, years: int = 0) -> date:
    """The day so far into the last campaign against influenza that is over, or into the one so many years before it.

    `into` is 0 to `LONGEST` days. One that is not over yet does not count, so that two winters are never one autumn.
    """
    over = date(today.year, *_BEGINS) + timedelta(days=LONGEST) <= today
    return date(today.year - years - (0 if over else 1), *_BEGINS) + timedelta(days=into)


def write_vaccination(chart: Chart, vaccine: Vaccine, *, on: date, by: str, dose: int = 1) -> str:
    batch = f"{vaccine.against[:2].upper()}{on:%y%j}"
    return chart.add(
        "Immunization",
        {
            "extension": [{"url": _PROCEDURE, "valueCodeableConcept": concept(vaccine.procedure)}],
            "status": "completed",
            "vaccineCode": concept(vaccine.product),
            "occurrenceDateTime": moment(on, hour=14),
            "primarySource": True,
            "lotNumber": batch,
            "expirationDate": (on + timedelta(days=240)).isoformat(),
            "site": concept(codes.LEFT_UPPER_ARM),
            "route": concept(codes.INTRAMUSCULAR),
            "doseQuantity": quantity(0.5, "mL"),
            "performer": [{"actor": chart.staff(by)}, {"actor": chart.organisation()}],
            "protocolApplied": [{"targetDisease": [text_only(vaccine.against)], "doseNumberPositiveInt": dose}],
        },
    )


def write_declined(chart: Chart, vaccine: Vaccine, *, on: date, by: str) -> str:
    """Write that a vaccination was offered and declined."""
    return chart.add(
        "Immunization",
        {
            "status": "not-done",
            "statusReason": text_only("Declined by the person"),
            "vaccineCode": concept(vaccine.product),
            "occurrenceDateTime": moment(on, hour=14),
            "performer": [{"actor": chart.staff(by)}],
        },
    )
