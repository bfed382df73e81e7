"""Identifiers by which a Patient contribution says whose it is: the NHS number, and the numbers of its own source.

Hazard: one person's entries under another person's name. Only identifiers of these two kinds join a contribution to a
person by themselves; names and birth dates never do.
"""

from contextlib import suppress
from dataclasses import dataclass

from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.number_system import is_nhs_number
from lhcr.nhs.systems import NHS_NUMBER

NATIONAL = 0  # The source of identifiers that mean the same person whoever writes them.
_LONGEST_VALUE = 255
_NOT_CLAIMING = ("old", "temp")


@dataclass(frozen=True, slots=True, order=True)
class IdentityClaim:
    source_id: int
    system: str
    value: str


def set_apart(claim: IdentityClaim, *, source_id: int) -> IdentityClaim:
    """Return the claim by which a source means by an NHS number somebody else than its holder; any other claim as it is."""
    return IdentityClaim(source_id, claim.system, claim.value) if claim.source_id == NATIONAL else claim


def identity_claims(patient: JsonObject, *, source_id: int) -> list[IdentityClaim]:
    """Return the claims of one Patient in sorted order, the NHS number without spaces.

    Identifiers that are old or temporary, that have no system or whose value is too long to be one claim nothing, nor does
    an NHS number that is a placeholder. Raises Incorrect (422) where an NHS number fails its check digit.
    """
    claims = {
        identity_claim(identifier, source_id=source_id, expression=f"Patient.identifier[{index}]")
        for index, identifier in enumerate(patient.get("identifier") or ())
    }
    return sorted(claim for claim in claims if claim is not None)


def claims_that_stand(patient: JsonObject, *, source_id: int) -> list[IdentityClaim]:
    """Return the claims of a Patient that is stored; nothing where it could not be stored today."""
    with suppress(Incorrect):
        return identity_claims(patient, source_id=source_id)
    return []


def national_in_order(patient: JsonObject) -> list[IdentityClaim]:
    """Return the NHS numbers of a Patient as it says them, the official ones first. Raises as `identity_claims`."""
    identifiers = sorted(patient.get("identifier") or (), key=lambda each: bool(each.get("use") != "official"))
    claims = (identity_claim(each, source_id=NATIONAL, expression="Patient.identifier") for each in identifiers)
    return list(dict.fromkeys(claim for claim in claims if claim is not None and claim.system == NHS_NUMBER))


def identity_claim(identifier: JsonObject, *, source_id: int, expression: str) -> IdentityClaim | None:
    """Return what one identifier claims, None for nothing; `expression` is where it stands. Raises as `identity_claims`."""
    system, value = identifier.get("system"), identifier.get("value")
    if not system or not value or identifier.get("use") in _NOT_CLAIMING:
        return None
    if is_nhs_number(system):
        number = _checked(value, expression)
        return None if number.is_placeholder else IdentityClaim(NATIONAL, NHS_NUMBER, number.value)
    return IdentityClaim(source_id, system, value) if len(value) <= _LONGEST_VALUE else None


def _checked(value: str, expression: str) -> NhsNumber:
    try:
        return NhsNumber.parse(value)
    except Incorrect:
        raise Incorrect(
            [
                Issue(
                    code="value",
                    error="nhs-number-invalid",
                    diagnostics="The NHS number is not ten digits with a valid check digit.",
                    expression=f"{expression}.value",
                )
            ],
            status=422,
        ) from None
