"""A person's choice about sharing as the Consent (FHIR R4) that it is stored as, and read back from.

It is of one form, which the projection of Consents reads in full: what it says to others is what it does here.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from lhcr.access.consent_conditions import CATEGORY_SYSTEM
from lhcr.access.own_choice import Choice, ChoiceKind
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ODS_ORGANISATION

_SCOPE: Final = "http://terminology.hl7.org/CodeSystem/consentscope"
_LOINC: Final = "http://loinc.org"
_PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
#: Who receives and who holds what is objected to.
_ROLES: Final[Mapping[ChoiceKind, tuple[str, str]]] = MappingProxyType(
    {ChoiceKind.ORGANISATION: ("IRCP", "information recipient"), ChoiceKind.SOURCE: ("CST", "custodian")}
)
_KIND_OF_ROLE: Final = MappingProxyType({code: kind for kind, (code, _) in _ROLES.items()})
#: The rules under which it is read; R4 wants one named.
_POLICY: Final = "urn:lhcr:policy:sharing-choices"
_TITLE: Final = "A choice about sharing"
_BY_PROXY: Final = "Somebody who acts for this person"
IN_FORCE: Final = "active"
WITHDRAWN: Final = "inactive"


def consent_of(
    choice: Choice, *, patient: str, by_person: bool, now: datetime, area: str, organisation: str = ""
) -> JsonObject:
    """Return the Consent of a choice of the Patient with an id. `organisation` is what the one that it names is called."""
    performer = {"reference": f"Patient/{patient}"} if by_person else {"type": "RelatedPerson", "display": _BY_PROXY}
    return {
        "resourceType": "Consent",
        "status": IN_FORCE,
        "scope": {"coding": [{"system": _SCOPE, "code": "patient-privacy", "display": "Privacy Consent"}]},
        "category": [
            {"coding": [{"system": _LOINC, "code": "59284-0", "display": "Consent Document"}], "text": _TITLE}
        ],
        "patient": {"reference": f"Patient/{patient}"},
        "dateTime": now.isoformat(timespec="seconds"),
        "performer": [performer],
        "organization": [{"display": area}],
        "policy": [{"uri": _POLICY}],
        "provision": {"type": "deny", **_conditions(choice, organisation)},
    }


def _conditions(choice: Choice, organisation: str) -> JsonObject:
    if choice.kind is ChoiceKind.CATEGORY:
        return {"class": [{"system": CATEGORY_SYSTEM, "code": choice.named}]}
    if choice.kind not in _ROLES:
        return {}
    code, display = _ROLES[choice.kind]
    reference = {"type": "Organization", "identifier": {"system": ODS_ORGANISATION, "value": choice.named}}
    return {
        "actor": [
            {
                "role": {"coding": [{"system": _PARTICIPATION, "code": code, "display": display}]},
                "reference": reference | ({"display": organisation} if organisation else {}),
            }
        ]
    }


def is_choice(resource: JsonObject) -> bool:
    """Whether a resource is of this form, by the policy that it names."""
    policies = resource.get("policy") if resource["resourceType"] == "Consent" else None
    return any(each.get("uri") == _POLICY for each in policies or ())


def choice_in(consent: JsonObject) -> Choice:
    """Return the choice that a Consent of this form holds."""
    provision: JsonObject = consent["provision"]
    for coding in provision.get("class", ()):
        return Choice(ChoiceKind.CATEGORY, coding["code"])
    for code, ods in _actors(provision):
        return Choice(_KIND_OF_ROLE[code], ods)
    return Choice(ChoiceKind.WHOLE)


def is_by_person(consent: JsonObject) -> bool:
    """Whether the person themself made the choice, and nobody who acts for them."""
    return any("reference" in each for each in consent.get("performer", ()))


def withdrawn(consent: JsonObject) -> JsonObject:
    return consent | {"status": WITHDRAWN}


def _actors(provision: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for actor in provision.get("actor", ()):
        yield actor["role"]["coding"][0]["code"], actor["reference"]["identifier"]["value"]
