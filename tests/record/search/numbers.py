"""NHS numbers as the small world writes them and the oracle reads them: a table, which shares nothing with what is tested."""

from typing import Final

from lhcr.fhir.search.query import TokenValue
from lhcr.kernel.json_types import JsonObject

SYSTEM: Final = "https://fhir.nhs.uk/Id/nhs-number"
SPELLINGS: Final = (SYSTEM, "http://fhir.nhs.uk/Id/nhs-number", "urn:oid:2.16.840.1.113883.2.1.4.1")
READ: Final = {
    "9990000018": "9990000018",
    "999 000 0018": "9990000018",
    "999-000-0018": "9990000018",
    "9990000026": "9990000026",
    "999 000 0026": "9990000026",
    # The check digit is wrong.
    "999 000 0019": "999 000 0019",
    "9990000019": "9990000019",
}
"""What is meant by each text that stands in the system of the NHS number. In any other system each is itself."""


def read(identifier: JsonObject) -> tuple[str, str]:
    """Return the system and number that an Identifier of the world means."""
    return meant(str(identifier.get("system", "")), str(identifier.get("value", "")))


def meant(system: str, text: str) -> tuple[str, str]:
    return (SYSTEM, READ.get(text, text)) if system in SPELLINGS else (system, text)


def is_identifier(asked: TokenValue, system: str, number: str) -> bool:
    """Say whether a number that was `read` is asked for. Without a system it is an NHS number or any other's, as it is written."""
    if asked.system is None:
        return (system, number) in {(system, asked.code), meant(SYSTEM, asked.code or "")}
    if asked.code is None:
        return meant(asked.system, "")[0] == system
    return meant(asked.system, asked.code) == (system, number)
