"""Specification of the demonstration's handful of codes."""

import os
import re
from pathlib import Path

import pytest

from lhcr.demo import codes, formulary, vaccinations
from lhcr.demo.codes import Code
from lhcr.demo.formulary import Medicine
from lhcr.nhs.systems import LOINC, SNOMED_CT

CORPUS = Path(os.environ.get("LHCR_CORPUS", "../shared/corpus"))
_MEDICINES = [value for value in vars(formulary).values() if isinstance(value, Medicine)] + list(formulary.ANTICIPATORY)
_VACCINES = [value for value in vars(vaccinations).values() if isinstance(value, vaccinations.Vaccine)]
CODES = (
    {value for value in vars(codes).values() if isinstance(value, Code)}
    | {medicine.product for medicine in _MEDICINES}
    | {vaccine.product for vaccine in _VACCINES}
)
_SHUFFLE = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def dihedral(left: int, right: int) -> int:
    """Multiply in the symmetries of a pentagon: 0-4 are turns, 5-9 are mirror images."""
    if left < 5:
        return (left + right) % 5 if right < 5 else 5 + (left + right - 5) % 5
    return 5 + (left - 5 - right) % 5 if right < 5 else (left - right) % 5


def verhoeff_holds(number: str) -> bool:
    check = 0
    for place, figure in enumerate(reversed(number)):
        digit = int(figure)
        for _ in range(place % 8):
            digit = _SHUFFLE[digit]
        check = dihedral(check, digit)
    return check == 0


def test_the_check_itself_tells_a_right_code_from_a_mistyped_one() -> None:
    assert verhoeff_holds("195967001")
    assert not verhoeff_holds("195967010")


@pytest.mark.parametrize("code", sorted({code.code for code in CODES if code.code and code.system == SNOMED_CT}))
def test_each_snomed_ct_code_has_a_right_check_digit(code: str) -> None:
    # Hazard: a mistyped concept means another illness or another medicine.
    assert verhoeff_holds(code)


def test_each_loinc_code_has_the_shape_of_one() -> None:
    assert all(re.fullmatch(r"\d{1,5}-\d", code.code) for code in CODES if code.system == LOINC)


def test_no_code_is_used_for_two_things() -> None:
    coded = [code for code in CODES if code.code]
    assert len({(code.system, code.code) for code in coded}) == len(coded)


@pytest.mark.corpus
@pytest.mark.skipif(not (CORPUS / "ukcore").is_dir(), reason="the corpus of national examples is not here")
def test_what_national_examples_also_use_is_called_alike() -> None:
    seen: dict[str, set[str]] = {}
    for file in CORPUS.glob("ukcore/**/*.xml"):
        for code, display in re.findall(r'<code value="(\d{6,18})" />\s*<display value="([^"]+)"', file.read_text()):
            seen.setdefault(code, set()).add(display.lower())
    common = [code for code in CODES if code.code in seen]
    assert len(common) > 25
    strangers = {
        code for code in common if not any(words(code.display) & words(display) for display in seen[code.code])
    }
    assert strangers == set()


def words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]{3,}", text.lower()) if word not in {"the", "and", "for", "with"}}
