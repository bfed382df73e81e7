"""Tokens: the (system, code) pairs of codings, identifiers, contact points, codes and Booleans. "" stands for absent."""

from collections.abc import Iterable
from typing import TypeAlias

from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.identifier import compared

Token: TypeAlias = tuple[str, str]


def coding(value: JsonObject) -> tuple[Token, ...]:
    """Give a Coding's pair; a system without a code counts, a display alone does not."""
    pair = (value.get("system", ""), value.get("code", ""))
    return () if pair == ("", "") else (pair,)


def codeable_concept(value: JsonObject) -> list[Token]:
    """Give a pair for each coding; a concept's text is no token."""
    return [
        (each.get("system", ""), each.get("code", ""))
        for each in value.get("coding", ())
        if "code" in each or "system" in each
    ]


def identifier(value: JsonObject) -> tuple[Token, ...]:
    """Give an Identifier's pair in the spelling by which identifiers are compared."""
    pair = compared(value.get("system", ""), value.get("value", ""))
    return () if pair == ("", "") else (pair,)


def contact_point(value: JsonObject) -> tuple[Token, ...]:
    """Give the value alone: FHIR gives a contact point's token no system."""
    found = value.get("value")
    return (("", found),) if found else ()


def code(value: str | None) -> tuple[Token, ...]:
    return () if value is None else (("", value),)


def boolean(value: object) -> tuple[Token, ...]:
    return () if value is None else (("", "true" if value is True else "false"),)


def extension(value: JsonObject) -> Iterable[Token]:
    """Give the tokens of an extension's value, whichever type it has."""
    for key, convert in _EXTENSION.items():
        if key in value:
            return convert(value[key])
    return code(value.get("valueCode", value.get("valueString")))


_EXTENSION = {
    "valueCodeableConcept": codeable_concept,
    "valueCoding": coding,
    "valueIdentifier": identifier,
    "valueBoolean": boolean,
}
