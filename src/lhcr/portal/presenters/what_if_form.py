"""The form of a hypothetical case: what it says, as the JSON that the command and the API read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from lhcr.kernel.json_types import JsonObject

_LONGEST: Final = 128
#: Fields with what they say where nothing was chosen.
_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "kind": "professional",
        "role": "R8000",
        "occupation": "",
        "organisation": "",
        "sign_in": "cis2-aal3",
        "purpose": "",
        "scopes": "",
        "interaction": "everything",
        "type": "",
        "about": "somebody",
        "nhs_number": "",
        "instead": "",
        "restricted": "",
        "age": "",
        "no_opt_out": "",
        "objection": "",
        "objection_source": "",
        "objection_category": "",
    }
)
#: Kinds of tie that the form offers: first what is recorded, then what somebody says themself.
RELATIONSHIPS: Final = (
    "registration",
    "encounter",
    "episode",
    "referral",
    "appointment",
    "caseload",
    "prescription",
    "dispensing",
    "nominated-pharmacy",
    "contribution",
    "claimed",
    "emergency",
    "self",
    "proxy",
)
_AGES: Final[Mapping[str, JsonObject]] = MappingProxyType(
    {
        "child": {"parents_may": True, "person_may": False},
        "young": {"parents_may": False, "person_may": True},
        "neither": {"parents_may": False, "person_may": False},
    }
)


@dataclass(frozen=True, slots=True)
class AskedCase:
    """`values` are what the form said, to show it again; `case` is the hypothetical case as JSON."""

    values: Mapping[str, str]
    case: bytes


def read_form(form: Mapping[str, str]) -> AskedCase:
    values = {name: form.get(name, default).strip()[:_LONGEST] for name, default in _FIELDS.items()}
    values |= {f"tie_{kind}": form.get(f"tie_{kind}", "")[:_LONGEST] for kind in RELATIONSHIPS}
    case = {"principal": _principal(values), "request": _request(values), **_facts(values)}
    return AskedCase(values, json.dumps(case).encode())


def _principal(values: Mapping[str, str]) -> JsonObject:
    told = {name: values[name] for name in ("kind", "role", "occupation", "organisation", "purpose")}
    return {**told, "sign_in": values["sign_in"] or None, "scopes": values["scopes"].split()}


def _request(values: Mapping[str, str]) -> JsonObject:
    number = values["nhs_number"]
    about: JsonObject = {"nhs_number": number} if number else {"about": values["about"]}
    return {"interaction": values["interaction"], "type": values["type"] or None, **about}


def _facts(values: Mapping[str, str]) -> dict[str, Any]:
    """What is ticked stands alone of somebody hypothetical, and of a real person is added to what is known unless it is to stand alone."""
    ties = [
        {"kind": kind, "in_force": values[f"tie_{kind}"] == "now"} for kind in RELATIONSHIPS if values[f"tie_{kind}"]
    ]
    lists: JsonObject = {"relationships": ties, "objections": _objections(values)}
    single: JsonObject = {"restricted": True} if values["restricted"] else {}
    single |= {"no_opt_out": True} if values["no_opt_out"] else {}
    single |= {"age": _AGES[values["age"]]} if values["age"] in _AGES else {}
    if values["nhs_number"] and not values["instead"]:
        return {"facts": single, "also": lists}
    return {"facts": {"restricted": False, "no_opt_out": False, **lists, **single}}


def _objections(values: Mapping[str, str]) -> list[JsonObject]:
    kind = values["objection"]
    if not kind:
        return []
    part: JsonObject = {"source": values["objection_source"], "category": values["objection_category"]}
    return [{"denied": [part if kind == "part" else {}], "by_name": kind == "by-name"}]
