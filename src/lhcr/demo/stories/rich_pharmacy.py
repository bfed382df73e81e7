"""Dorothy Hepworth at the pharmacy: what was supplied, what she bought, and what the pharmacist saw."""

from lhcr.demo import codes, formulary, measures, vaccinations
from lhcr.demo.codes import Code
from lhcr.demo.encounters import IN_PHARMACY, write_contact
from lhcr.demo.medicines import write_sale, write_supply
from lhcr.demo.organisations import PHARMACY
from lhcr.demo.record import Record
from lhcr.demo.results import write_blood_pressure, write_value

_REGULAR = (
    formulary.METFORMIN,
    formulary.BISOPROLOL,
    formulary.FUROSEMIDE,
    formulary.WARFARIN,
    formulary.ATORVASTATIN,
)


def write_pharmacy_care(record: Record) -> None:
    chart = record.chart(PHARMACY)
    for month in range(3):
        for medicine in _REGULAR:
            write_supply(chart, medicine, on=chart.ago(6 + 28 * month))
    write_sale(chart, formulary.PARACETAMOL, on=chart.ago(40), days=7)
    # The same vaccination as the practice recorded: the pharmacy gave it, and both wrote it down.
    vaccinations.write_vaccination(
        chart, vaccinations.INFLUENZA_AT_PHARMACY, on=vaccinations.autumn(chart.today, into=9), by="pharmacist"
    )
    day = chart.ago(75)
    write_contact(chart, IN_PHARMACY, on=day, by="pharmacist", reason=Code("Blood pressure check"))
    write_blood_pressure(chart, 141, 79, day=day, by=chart.staff("pharmacist"))
    write_value(chart, measures.HEART_RATE, 96, day=day, by=chart.staff("pharmacist"))
    write_contact(chart, IN_PHARMACY, on=chart.ago(300), by="pharmacist", reason=codes.INSECT_BITE)
