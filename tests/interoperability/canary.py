"""The canary: made-up details of persons that journeys carry, so that any of them outside a record is seen."""

import uuid
from typing import Any, Final

from lhcr.nhs.nhs_number import synthetic
from lhcr.nhs.systems import NHS_NUMBER

FAMILY: Final = "Zzcanaryfell"
HOSPITAL_SYSTEM: Final = "https://hospital.example/numbers"
_FIRST_NUMBER: Final = 77_000
_MARK: Final = "zzcanary"


def nhs_number(index: int) -> str:
    """Return an NHS number of the canaries' own range."""
    return synthetic(_FIRST_NUMBER + index).value


def patient(*, index: int | None = None, **more: Any) -> dict[str, Any]:
    """Make a Patient with a canary's name and a hospital number that nobody else has; with its NHS number where it has an index."""
    identifiers = [{"system": HOSPITAL_SYSTEM, "value": f"{_MARK}-{uuid.uuid4().hex}"}]
    if index is not None:
        identifiers.append({"system": NHS_NUMBER, "value": nhs_number(index)})
    named = {
        "resourceType": "Patient",
        "name": [{"family": FAMILY, "given": ["Zzcanaryann"]}],
        "identifier": identifiers,
    }
    return {**named, **more}


def traces_in(text: str) -> list[str]:
    """Return what of any canary a text holds, in whatever case."""
    lowered = text.lower()
    numbers = (nhs_number(index) for index in range(1_000))
    return [mark for mark in (_MARK, *numbers) if mark in lowered]
