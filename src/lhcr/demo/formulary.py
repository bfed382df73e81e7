"""The medicines of the demonstration, with how each is usually taken."""

from dataclasses import dataclass, replace
from typing import Final

from lhcr.demo import codes
from lhcr.demo.codes import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """A product as dm+d names it, how it is taken, and why; `daily` is how often a day, 0 for as needed.

    `amount` and `amount_unit` are one dose, or its least where it is up to `most`; `pack` is how much is supplied at once,
    counted in `pack_unit` where that is another. Where only the code of the ingredient is known, `product` holds that and
    `name` the product in full. `as_directed`: the text alone says how.

    Hazard: overdose. A dose by weight is not counted in the ampoules that it comes in.
    """

    product: Code
    dose: str
    amount: float
    amount_unit: str
    daily: int
    pack: float
    reason: Code
    route: Code | None = codes.ORAL
    name: str = ""
    as_directed: bool = False
    as_needed: bool = False
    most: float = 0
    pack_unit: str = ""

    def at(self, dose: str, amount: float) -> "Medicine":
        """The same medicine in another dose."""
        return replace(self, dose=dose, amount=amount)

    def because(self, reason: Code) -> "Medicine":
        """The same medicine for another reason."""
        return replace(self, reason=reason)


def _tablets(
    name: str, reason: Code, *, code: Code | None = None, daily: int = 1, amount: float = 1, dose: str = ""
) -> Medicine:
    times = {1: "once a day", 2: "twice a day", 3: "three times a day", 4: "four times a day"}[daily]
    number = {1: "One", 2: "Two"}[int(amount)]
    return Medicine(
        product=code or Code(name),
        name=name,
        dose=dose or f"{number} to be taken {times}",
        amount=amount,
        amount_unit="tablet",
        daily=daily,
        pack=28 * daily * amount,
        reason=reason,
    )


METFORMIN: Final = _tablets(
    "Metformin 500mg tablets", codes.TYPE_2_DIABETES, code=Code("Metformin", "776713006"), daily=2
)
RAMIPRIL: Final = _tablets("Ramipril 5mg tablets", codes.HYPERTENSION)
AMLODIPINE: Final = _tablets("Amlodipine 5mg tablets", codes.HYPERTENSION, code=Code("Amlodipine", "108537001"))
ATORVASTATIN: Final = _tablets(
    "Atorvastatin 20mg tablets",
    codes.HIGH_CHOLESTEROL,
    code=Code("Atorvastatin", "773455007"),
    dose="One to be taken each night",
)
ASPIRIN: Final = _tablets(
    "Aspirin 75mg dispersible tablets",
    codes.MYOCARDIAL_INFARCTION,
    code=Code("Aspirin 75mg dispersible tablets", "319773006"),
)
BISOPROLOL: Final = _tablets("Bisoprolol 2.5mg tablets", codes.HEART_FAILURE)
FUROSEMIDE: Final = _tablets("Furosemide 40mg tablets", codes.HEART_FAILURE)
WARFARIN: Final = replace(
    _tablets(
        "Warfarin 1mg tablets",
        codes.ATRIAL_FIBRILLATION,
        code=Code("Warfarin", "48603004"),
        dose="As directed by the anticoagulant clinic, according to the yellow book",
    ),
    as_directed=True,
)
DIGOXIN: Final = _tablets("Digoxin 125microgram tablets", codes.ATRIAL_FIBRILLATION)
LEVOTHYROXINE: Final = _tablets("Levothyroxine sodium 50microgram tablets", codes.HYPOTHYROIDISM)
SERTRALINE: Final = _tablets("Sertraline 50mg tablets", codes.DEPRESSION)
DONEPEZIL: Final = _tablets("Donepezil 10mg tablets", codes.DEMENTIA)
LAMOTRIGINE: Final = _tablets("Lamotrigine 100mg tablets", codes.EPILEPSY, daily=2)
PARACETAMOL: Final = replace(
    _tablets(
        "Paracetamol 500mg tablets",
        codes.OSTEOARTHRITIS,
        code=Code("Paracetamol 500mg tablets", "42109611000001109"),
        daily=4,
        amount=2,
        dose="Two to be taken up to four times a day when needed",
    ),
    as_needed=True,
)
IBUPROFEN_OTC: Final = _tablets(
    "Ibuprofen 200mg tablets",
    Code("Back pain"),
    daily=3,
    dose="One to be taken up to three times a day with food, for three days",
)
AMOXICILLIN: Final = Medicine(
    product=Code("Amoxicillin 500mg capsules", "39732411000001106"),
    dose="One to be taken three times a day for five days",
    amount=1,
    amount_unit="capsule",
    daily=3,
    pack=15,
    reason=codes.PNEUMONIA,
)
DOXYCYCLINE: Final = Medicine(
    product=Code("Doxycycline 100mg capsules", "41948311000001104"),
    dose="Two on the first day, then one a day for four days",
    amount=1,
    amount_unit="capsule",
    daily=1,
    pack=6,
    reason=codes.PNEUMONIA,
    as_directed=True,
)
SALBUTAMOL: Final = Medicine(
    product=Code("Salbutamol 100micrograms/dose inhaler CFC free", "39113611000001102"),
    dose="One or two puffs when breathless, up to four times a day",
    amount=1,
    most=2,
    amount_unit="puff",
    daily=0,
    pack=200,
    reason=codes.ASTHMA,
    route=None,
)
BECLOMETASONE: Final = Medicine(
    product=Code("Beclometasone 100micrograms/dose inhaler CFC free"),
    dose="Two puffs twice a day",
    amount=2,
    amount_unit="puff",
    daily=2,
    pack=200,
    reason=codes.ASTHMA,
    route=None,
)
ADRENALINE_PEN: Final = Medicine(
    product=Code("Adrenaline 150micrograms auto-injector"),
    dose="One injection into the thigh at once if anaphylaxis is suspected, then call 999",
    amount=1,
    amount_unit="injection",
    daily=0,
    pack=2,
    reason=codes.PEANUT_ALLERGY,
    route=codes.INTRAMUSCULAR,
)


def _injection(product: str, dose: str, amount: float, unit: str, reason: str) -> Medicine:
    return Medicine(
        product=Code(product),
        dose=dose,
        amount=amount,
        amount_unit=unit,
        daily=0,
        pack=5,
        pack_unit="ampoule",
        reason=Code(reason),
        route=Code("Subcutaneous", "34206005"),
    )


#: What is kept in the home so that a nurse can relieve distress at once in the last days of life.
ANTICIPATORY: Final = (
    _injection(
        "Morphine sulfate 10mg/1ml solution for injection ampoules",
        "2.5mg when needed, at most hourly",
        2.5,
        "mg",
        "Pain",
    ),
    _injection(
        "Midazolam 10mg/2ml solution for injection ampoules",
        "2.5mg when needed, at most hourly",
        2.5,
        "mg",
        "Agitation",
    ),
    _injection("Levomepromazine 25mg/1ml solution for injection ampoules", "6.25mg when needed", 6.25, "mg", "Nausea"),
    _injection(
        "Glycopyrronium bromide 200micrograms/1ml solution for injection",
        "200micrograms when needed",
        200,
        "microgram",
        "Secretions",
    ),
)
