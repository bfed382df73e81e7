"""What an area chooses, as tables: those of the text, and those of an area that chooses otherwise in everything that can be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from tests.access.second_reader.asked import LIFTABLE, REFUSE, SOURCES

CLINICAL: Final = frozenset(
    [
        "product",
        "medication",
        "allergy",
        "problem",
        "formulation",
        "family-history",
        "procedure",
        "request",
        "investigation",
        "result",
        "observation",
        "examination",
        "encounter",
        "document",
        "vaccination",
        "care-plan",
        "consent",
        "list",
        "administrative",
        "other",
    ]
)
EVERY_CATEGORY: Final = CLINICAL | {"demographics", "directory"}
#: Types of each category; what is named by no table is `other`.
_CATEGORY: Final = {
    "Patient": "demographics",
    "RelatedPerson": "demographics",
    "Medication": "product",
    "MedicationRequest": "medication",
    "AllergyIntolerance": "allergy",
    "Condition": "problem",
    "RiskAssessment": "formulation",
    "FamilyMemberHistory": "family-history",
    "Procedure": "procedure",
    "DiagnosticReport": "result",
    "Encounter": "encounter",
    "DocumentReference": "document",
    "Immunization": "vaccination",
    "CarePlan": "care-plan",
    "Consent": "consent",
    "List": "list",
    "Appointment": "administrative",
    "Organization": "directory",
    "Practitioner": "directory",
}
#: An Observation and a ServiceRequest are of one of several, by their own code of category.
_SEVERAL: Final = {
    "Observation": frozenset({"observation", "result", "procedure", "examination"}),
    "ServiceRequest": frozenset({"request", "investigation"}),
}
TYPES: Final = (*_CATEGORY, *_SEVERAL, "Provenance", "AuditEvent", "Task")


def categories_of(type_: str) -> frozenset[str]:
    """`A request for a type is a request for all of its categories.`"""
    return _SEVERAL.get(type_) or frozenset({"request" if type_ == "Task" else _CATEGORY.get(type_, "other")})


@dataclass(frozen=True, kw_only=True)
class Area:
    """Labels are named by their code; `objections` says how strong one to everybody, one by name and one to a part is.

    `restricts` are the sources whose word on who must not be found is taken.
    """

    reads: Mapping[str, frozenset[str]]
    writes: Mapping[str, frozenset[str]]
    role_writes: Mapping[str, frozenset[str]]
    occupation_reads: Mapping[str, frozenset[str]]
    occupation_writes: Mapping[str, frozenset[str]]
    citizen_reads: frozenset[str]
    purposes: Mapping[str, frozenset[str]]
    secondary: frozenset[str]
    claim_roles: frozenset[str]
    objections: Mapping[str, str]
    shares_otherwise: bool
    sensitive: frozenset[str]
    sensitive_categories: frozenset[str]
    not_for_citizens: frozenset[str]
    proxies_see_places: bool
    restricts: frozenset[str]
    parent_until: int
    own_from: int


def _all_but(*names: str) -> frozenset[str]:
    return CLINICAL - set(names)


_PHARMACY: Final = frozenset({"demographics", "product", "medication", "allergy", "list"})
BASELINE: Final = Area(
    reads=MappingProxyType({"B0820": frozenset({"demographics"}), "B0370": CLINICAL | {"demographics"}}),
    writes=MappingProxyType({"B0825": frozenset({"demographics"})}),
    role_writes=MappingProxyType(dict.fromkeys(("R8000", "R8001", "R8003"), CLINICAL | {"directory"})),
    occupation_reads=MappingProxyType(
        {
            "pharmacist": _all_but("formulation") | {"demographics"},
            "pharmacy-technician": _PHARMACY | {"problem", "vaccination"},
            "social-worker": _all_but("family-history", "investigation", "result", "examination") | {"demographics"},
        }
    ),
    occupation_writes=MappingProxyType({"pharmacy-technician": _PHARMACY}),
    citizen_reads=CLINICAL | {"demographics"},
    purposes=MappingProxyType(
        {
            "professional": frozenset({"TREAT"}),
            "citizen": frozenset({"PATRQT"}),
            "system": frozenset({"TREAT", "HOPERAT"}),
            "office": frozenset({"HOPERAT"}),
            "operator": frozenset({"HOPERAT"}),
        }
    ),
    secondary=frozenset({"HRESCH", "PUBHLTH"}),
    claim_roles=frozenset({"R8000", "R8001", "R8003"}),
    objections=MappingProxyType(dict.fromkeys(("everybody", "name", "part"), LIFTABLE)),
    shares_otherwise=True,
    sensitive=frozenset({"R", "V", "ETH", "GDIS", "HIV", "PSY", "SDV", "SEX", "STD", "TBOO", "sharing-choice"}),
    sensitive_categories=frozenset(),
    not_for_citizens=frozenset({"NOPAT"}),
    proxies_see_places=False,
    restricts=frozenset(SOURCES),
    parent_until=11,
    own_from=16,
)
_DESK: Final = frozenset({"encounter", "administrative"})
#: Another area, whose choices differ wherever an area has one.
ELSEWHERE: Final = replace(
    BASELINE,
    reads=MappingProxyType(
        {"B0820": _DESK | {"demographics"}, "B0370": _all_but("family-history"), "B0168": frozenset({"allergy"})}
    ),
    writes=MappingProxyType({"B0825": frozenset({"demographics"}), "B0370": frozenset({"list"})}),
    role_writes=MappingProxyType(
        {"R8000": _all_but("formulation"), "R8009": _DESK, "R8004": frozenset({"directory", "product"})}
    ),
    occupation_reads=MappingProxyType(
        {
            "paramedic": frozenset({"demographics", "allergy", "medication", "problem"}),
            "pharmacist": _PHARMACY | {"result"},
        }
    ),
    occupation_writes=MappingProxyType(
        {"doctor": _all_but("product", "document"), "paramedic": frozenset({"encounter"})}
    ),
    citizen_reads=_all_but("formulation", "consent") | {"demographics"},
    purposes=MappingProxyType(
        {
            "professional": frozenset({"TREAT", "HRESCH", "PUBHLTH"}),
            "citizen": frozenset({"PATRQT", "HRESCH"}),
            "system": frozenset({"TREAT", "PUBHLTH", "HRESCH"}),
            "office": frozenset({"HOPERAT", "HRESCH"}),
            "operator": frozenset({"TREAT"}),
        }
    ),
    claim_roles=frozenset({"R8009", "R8004"}),
    objections=MappingProxyType({"everybody": REFUSE, "name": LIFTABLE, "part": REFUSE}),
    shares_otherwise=False,
    sensitive=frozenset({"R", "V", "HIV", "NOPAT", "sharing-choice"}),
    sensitive_categories=frozenset({"family-history"}),
    not_for_citizens=frozenset({"TBOO"}),
    proxies_see_places=True,
    restricts=frozenset({"RRE"}),
    parent_until=13,
    own_from=13,
)
#: The same choices, as such an area writes them in its policy.
ELSEWHERE_FILE: Final[dict[str, object]] = {
    "reads_by_activity": {each: sorted(names) for each, names in ELSEWHERE.reads.items()},
    "writes_by_activity": {each: sorted(names) for each, names in ELSEWHERE.writes.items()},
    "writes_by_role": {each: sorted(names) for each, names in ELSEWHERE.role_writes.items()},
    "reads_by_occupation": {each: sorted(names) for each, names in ELSEWHERE.occupation_reads.items()},
    "writes_by_occupation": {each: sorted(names) for each, names in ELSEWHERE.occupation_writes.items()},
    "citizen_reads": sorted(ELSEWHERE.citizen_reads),
    "purposes_by_kind": {each: sorted(codes) for each, codes in ELSEWHERE.purposes.items()},
    "secondary_use": {"purposes": ["HRESCH", "PUBHLTH"]},
    "claims": {"roles": ["R8009", "R8004"], "hours": 4},
    "consent": {
        "sources": ["*"],
        "authors": ["professional", "system", "citizen"],
        "to_everybody": "deny-always",
        "to_an_organisation": "deny-unless-emergency",
        "to_a_part": "deny-always",
    },
    "agreements": {"otherwise": "off"},
    "sensitive_labels": [
        "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|R",
        "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|V",
        "http://terminology.hl7.org/CodeSystem/v3-ActCode|HIV",
        "http://terminology.hl7.org/CodeSystem/v3-ActCode|NOPAT",
        "urn:lhcr:label|sharing-choice",
    ],
    "sensitive_categories": ["family-history"],
    "labels_withheld_from_citizens": ["http://terminology.hl7.org/CodeSystem/v3-ActCode|TBOO"],
    "restriction": {
        "labels": [
            "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|R",
            "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|V",
        ],
        "shown_without_places": ["http://terminology.hl7.org/CodeSystem/v3-Confidentiality|R"],
        "sources": ["RRE"],
        "proxies_see_places": True,
    },
    "proxies": {
        "parental": {"relationships": ["GUARD", "MTH"], "until_age": 13},
        "appointed": {"relationships": ["POWATT"], "longest_days": 30},
        "own_record_from_age": 13,
        "birth_date_sources": ["*"],
    },
}
