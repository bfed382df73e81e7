"""Allergies and adverse reactions, and the positive statement that somebody has none.

Hazard shown here: nothing recorded about allergies is not the same as no allergies. Some people of the demonstration
have the positive statement, some have an allergy, and some have nothing at all; a page must tell the three apart.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from lhcr.demo import codes
from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.elements import concept, hl7, moment
from lhcr.kernel.json_types import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergy:
    """What somebody reacts to and how: `category` and `criticality` are codes of AllergyIntolerance."""

    code: Code
    category: str
    criticality: str
    reaction: Code
    severity: str
    type: str = "allergy"


PENICILLIN: Final = Allergy(
    code=codes.PENICILLIN_ALLERGY, category="medication", criticality="high", reaction=codes.RASH, severity="moderate"
)
PENICILLIN_ANAPHYLAXIS: Final = Allergy(
    code=codes.PENICILLIN_ALLERGY,
    category="medication",
    criticality="high",
    reaction=codes.ANAPHYLAXIS,
    severity="severe",
)
PEANUT: Final = Allergy(
    code=codes.PEANUT_ALLERGY, category="food", criticality="high", reaction=codes.ANAPHYLAXIS, severity="severe"
)
IBUPROFEN: Final = Allergy(
    code=codes.IBUPROFEN,
    category="medication",
    criticality="low",
    reaction=codes.VOMITING,
    severity="mild",
    type="intolerance",
)


def write_allergy(chart: Chart, allergy: Allergy, *, since: date, by: str) -> str:
    body = _allergy(chart, allergy.code, since=since, by=by)
    body |= {
        "type": allergy.type,
        "category": [allergy.category],
        "criticality": allergy.criticality,
        "onsetDateTime": since.isoformat(),
        "reaction": [{"manifestation": [concept(allergy.reaction)], "severity": allergy.severity}],
    }
    return chart.add("AllergyIntolerance", body)


def write_no_known_allergies(chart: Chart, *, on: date, by: str) -> str:
    """Write that somebody was asked and has none."""
    return chart.add("AllergyIntolerance", _allergy(chart, codes.NO_KNOWN_ALLERGY, since=on, by=by))


def _allergy(chart: Chart, code: Code, *, since: date, by: str) -> JsonObject:
    return {
        "clinicalStatus": hl7("allergyintolerance-clinical", "active", "Active"),
        "verificationStatus": hl7("allergyintolerance-verification", "confirmed", "Confirmed"),
        "code": concept(code),
        "recordedDate": moment(since, hour=10, minute=30),
        "recorder": chart.staff(by),
    }
