"""Long-term conditions of ordinary people: who has them, what is prescribed, and what is followed up."""

from dataclasses import dataclass
from typing import Final

from lhcr.demo import codes, formulary, measures
from lhcr.demo.codes import Code
from lhcr.demo.formulary import Medicine
from lhcr.demo.measures import Measure

_BLOOD_TESTS: Final = Code("Blood tests")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathway:
    """One condition. `percent` is how many of a hundred people between the ages have it; `ages` includes both ends.

    Of `medicines` everyone gets the first, and the others follow by chance; `measured` is followed up at each review.
    """

    problem: Code
    ages: tuple[int, int]
    percent: int
    medicines: tuple[Medicine, ...] = ()
    measured: tuple[Measure, ...] = ()
    measures_blood_pressure: bool = False
    report: Code = _BLOOD_TESTS


PATHWAYS: Final = (
    Pathway(
        problem=codes.HYPERTENSION,
        ages=(45, 99),
        percent=45,
        medicines=(formulary.AMLODIPINE, formulary.RAMIPRIL),
        measured=(measures.EGFR, measures.POTASSIUM),
        measures_blood_pressure=True,
        report=codes.UREA_AND_ELECTROLYTES,
    ),
    Pathway(
        problem=codes.TYPE_2_DIABETES,
        ages=(40, 99),
        percent=22,
        medicines=(formulary.METFORMIN, formulary.ATORVASTATIN),
        measured=(measures.HBA1C, measures.CHOLESTEROL, measures.WEIGHT),
        measures_blood_pressure=True,
        report=Code("Diabetes blood tests"),
    ),
    Pathway(
        problem=codes.ASTHMA,
        ages=(4, 70),
        percent=14,
        medicines=(formulary.SALBUTAMOL, formulary.BECLOMETASONE),
        measured=(measures.PEAK_FLOW,),
    ),
    Pathway(
        problem=codes.COPD,
        ages=(50, 99),
        percent=9,
        medicines=(formulary.SALBUTAMOL.because(codes.COPD), formulary.BECLOMETASONE.because(codes.COPD)),
        measured=(measures.OXYGEN_SATURATION, measures.WEIGHT),
    ),
    Pathway(
        problem=codes.ATRIAL_FIBRILLATION,
        ages=(60, 99),
        percent=14,
        medicines=(formulary.WARFARIN, formulary.DIGOXIN),
        measured=(measures.INR, measures.HEART_RATE, measures.HAEMOGLOBIN),
    ),
    Pathway(
        problem=codes.HYPOTHYROIDISM,
        ages=(30, 99),
        percent=8,
        medicines=(formulary.LEVOTHYROXINE,),
        measured=(measures.WEIGHT, measures.HAEMOGLOBIN),
    ),
    Pathway(problem=codes.DEPRESSION, ages=(18, 80), percent=16, medicines=(formulary.SERTRALINE,)),
    Pathway(problem=codes.OSTEOARTHRITIS, ages=(55, 99), percent=28, medicines=(formulary.PARACETAMOL,)),
    Pathway(problem=codes.DEMENTIA, ages=(72, 99), percent=10, medicines=(formulary.DONEPEZIL,)),
    Pathway(problem=codes.EPILEPSY, ages=(6, 70), percent=3, medicines=(formulary.LAMOTRIGINE,)),
    Pathway(problem=codes.ECZEMA, ages=(0, 40), percent=15),
)
