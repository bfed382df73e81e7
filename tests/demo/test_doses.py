"""Specification of coded doses: each says what its words say.

Hazard: overdose. A system reads the code and a person the words; an ampoule of 10 mg coded for 2.5 mg in words is four times as much.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Protocol

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import UCUM
from lhcr.views.dosage import dosage_lines

_DOSE = re.compile(
    r"(?P<least>One|Two|\d+(?:\.\d+)?)(?: or (?P<most>two))? ?(?P<unit>mg|micrograms|puffs|injection|to be taken)\b"
)
_NUMBERS = {"one": Decimal(1), "two": Decimal(2)}
_CODES = {
    "mg": {"mg"},
    "micrograms": {"ug"},
    "puffs": {"{puff}"},
    "injection": {"{injection}"},
    "to be taken": {"{tablet}", "{capsule}"},
}
#: Instructions of which the words alone say how much: what changes from day to day has no one dose to code.
_WORDS_ALONE = {
    "As directed by the anticoagulant clinic, according to the yellow book",
    "Two on the first day, then one a day for four days",
}


class Area(Protocol):
    resources: list[JsonObject]

    def of(self, key: str, *types: str, source: str = "") -> list[JsonObject]: ...


def dosages(resources: list[JsonObject]) -> Iterator[JsonObject]:
    for found in resources:
        if found["resourceType"].startswith("Medication"):
            yield from found.get("dosageInstruction") or found["dosage"]


def coded(dosage: JsonObject) -> tuple[tuple[Decimal, Decimal], set[str]] | None:
    """The least and the most of the coded dose, and its units."""
    if "doseAndRate" not in dosage:
        return None
    [rate] = dosage["doseAndRate"]
    ends = [rate["doseQuantity"]] * 2 if "doseQuantity" in rate else [rate["doseRange"][end] for end in ("low", "high")]
    assert {end["system"] for end in ends} == {UCUM}
    return (Decimal(ends[0]["value"]), Decimal(ends[1]["value"])), {end["code"] for end in ends}


def number(words: str) -> Decimal:
    return _NUMBERS.get(words.casefold()) or Decimal(words)


def test_hazard_overdose_every_coded_dose_is_the_one_in_words(area: Area) -> None:
    seen = set()
    for dosage in dosages(area.resources):
        text, code = dosage["text"], coded(dosage)
        if text in _WORDS_ALONE:
            assert code is None, text
            continue
        said = _DOSE.match(text)
        assert said, text
        assert code is not None, text
        least = number(said["least"])
        assert code[0] == (least, number(said["most"]) if said["most"] else least), text
        assert code[1] <= _CODES[said["unit"]], text
        seen.add(text)
    assert len(seen) > 10


def test_hazard_overdose_the_page_finds_no_dose_coded_otherwise(area: Area) -> None:
    told = {line for dosage in dosages(area.resources) for line in dosage_lines(dosage)}
    assert {line for line in told if line.startswith("Coded differently")} == set()


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [
        ("Morphine", "2.5", "mg"),
        ("Midazolam", "2.5", "mg"),
        ("Levomepromazine", "6.25", "mg"),
        ("Glycopyrronium", "200", "ug"),
    ],
)
def test_anticipatory_medicines_are_dosed_by_weight_and_supplied_in_ampoules(
    area: Area, name: str, value: str, unit: str
) -> None:
    written = [
        found
        for found in area.of("end-of-life", "MedicationRequest", "MedicationDispense")
        if found["medicationCodeableConcept"]["text"].startswith(name)
    ]
    assert len(written) == 2
    for found in written:
        [dosage] = found["dosageInstruction"]
        assert coded(dosage) == ((Decimal(value), Decimal(value)), {unit})
        packed = found.get("quantity") or found["dispenseRequest"]["quantity"]
        assert (packed["value"], packed["code"]) == (5, "{ampoule}")
