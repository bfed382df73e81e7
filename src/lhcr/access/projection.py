"""Projection: which facts of relationship one resource says, as the record writes it.

Hazard guarded here: a fact that opens a record to the wrong party. What cannot be read says nothing, who may act for a person is taken
only from whom `lhcr.access.proxies` lets say so, and what ties another organisation than the source only where the policy of
relationships takes its word.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from lhcr.access.categories import category_of, labels_of
from lhcr.access.policy import DEMOGRAPHICS, Policy
from lhcr.access.relationship import CONTRIBUTION, PARENT, PROXY, SELF, RelationshipFact, citizen_party
from lhcr.access.relationship_policy import RelationshipPolicy
from lhcr.access.span import ALWAYS, ENDLESS, Span, later, span_of, within
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.ods import OdsCode
from lhcr.nhs.systems import ACT_CODE, NHS_NUMBER, ODS_ORGANISATION, ODS_SITE

#: From a literal reference, such as `Organization/1`, to the ODS code of the organisation that it stands for, None where unknown.
Resolver: TypeAlias = Callable[[str], str | None]

_NOMINATED_PHARMACY: Final = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NominatedPharmacy"
#: By their addresses in R4 and STU3.
_ACT_CODES: Final = (ACT_CODE, "http://hl7.org/fhir/v3/ActCode")
_ROLE_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
# Tuples, not sets: what hostile JSON puts in a code's place may not be hashable.
_NOT_CLAIMING: Final = ("old", "temp")
_SAYS_NOTHING: Final = (
    "entered-in-error",
    "cancelled",
    "revoked",
    "draft",
    "noshow",
    "proposed",
    "declined",
    "unknown",
)
_PEOPLE: Final = ("Patient/", "RelatedPerson/", "Practitioner/", "Device/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a projection reads a resource with: when it was recorded and for which organisation, how references resolve, and the policy.

    `names_proxies`: the word of whoever writes it is taken on who may act for a person.
    """

    recorded: datetime
    source: str
    resolve: Resolver
    policy: Policy
    names_proxies: bool

    @property
    def longest(self) -> RelationshipPolicy:
        return self.policy.file.relationships

    def ties(self, references: object, kind: str, *, span: Span) -> Iterator[RelationshipFact]:
        """Yield a fact for each organisation referred to of which the source's word counts, as long as the policy says."""
        after = self.policy.file.relationship_days_after.get(kind)
        if after is None:
            return
        low = span.low - timedelta(days=self.policy.file.relationship_days_before.get(kind, 0))
        for party in self._organisations(references):
            if self.longest.counts(kind, source=self.source, party=party):
                yield RelationshipFact(party=party, kind=kind, low=low, high=later(span.high, days=after))

    def span(self, value: object, *, days: int) -> Span:
        """Return the span of a date, dateTime or Period, which ends no later than so many days after it was last heard of."""
        return span_of(value, otherwise=Span(self.recorded, ENDLESS)).heard_of(self.recorded, days=days)

    def _organisations(self, references: object) -> Iterator[str]:
        for reference in objects(references):
            code = self.ods(reference)
            if code is not None:
                yield code

    def ods(self, reference: JsonObject) -> str | None:
        """Return the ODS code of the organisation that a reference is to, None where it is to none that is known."""
        identifier, literal = reference.get("identifier"), reference.get("reference")
        found: object = None
        if isinstance(identifier, dict) and identifier.get("system") in (ODS_ORGANISATION, ODS_SITE):
            found = identifier.get("value")
        elif isinstance(literal, str) and not literal.startswith(_PEOPLE):
            found = self.resolve(literal)
        try:
            return OdsCode.parse(found).value if isinstance(found, str) else None
        except Incorrect:
            return None


def project_facts(resource: JsonObject, *, said: Said) -> list[RelationshipFact]:
    """Return the facts that a resource says, one for each party and kind, in their order; most types say none.

    The source's own contribution is not among them: see `contribution_fact`.
    """
    project = _PROJECTIONS.get(resource["resourceType"])
    if project is None or resource.get("status") in _SAYS_NOTHING:
        return []
    facts: dict[tuple[str, str], RelationshipFact] = {}
    for fact in project(resource, said):
        same = facts.setdefault((fact.party, fact.kind), fact)
        if fact is not same and fact.high > same.high:
            facts[fact.party, fact.kind] = fact
    return [fact for fact in facts.values() if fact.low < fact.high]


def is_restricting(resource: JsonObject, *, source: str, policy: Policy) -> bool:
    """Return whether a resource says that its person must not be found: a fact about them, whatever other sources know.

    Not only a Patient says so: who is related to somebody restricted tells where they are, too.
    """
    if not policy.may_restrict(source) or policy.restricting_labels.isdisjoint(labels_of(resource, policy=policy)):
        return False
    return category_of(resource, policy=policy) == DEMOGRAPHICS


def contribution_fact(*, source: str, recorded: datetime, policy: Policy) -> RelationshipFact:
    """Return the fact that a source contributed to a person's record: a relationship for as long as the policy says.

    The row stays after that and still lets the source see what it contributed itself.
    """
    days = policy.file.relationship_days_after.get(CONTRIBUTION, 0)
    return RelationshipFact(party=source, kind=CONTRIBUTION, low=recorded, high=later(recorded, days=days))


def objects(value: object) -> Iterator[JsonObject]:
    """Yield the objects of a list, or the object itself; anything else that hostile JSON puts there is passed over."""
    yield from (item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict))


def _patient(patient: JsonObject, said: Said) -> Iterator[RelationshipFact]:
    yield from said.ties(patient.get("generalPractitioner"), "registration", span=ALWAYS)
    for extension in objects(patient.get("extension")):
        if extension.get("url") == _NOMINATED_PHARMACY:
            yield from said.ties(extension.get("valueReference"), "nominated-pharmacy", span=ALWAYS)
    for party, span in _citizens(patient):
        yield RelationshipFact(party=party, kind=SELF, low=span.low, high=span.high)


def _related_person(person: JsonObject, said: Said) -> Iterator[RelationshipFact]:
    if person.get("active") is False or not said.names_proxies:
        return
    for kind, longest in _authority(person, said):
        for party, numbered in _citizens(person):
            span = within(longest, numbered)
            yield RelationshipFact(party=party, kind=kind, low=span.low, high=span.high)


def _authority(person: JsonObject, said: Said) -> Iterator[tuple[str, Span]]:
    """Yield each way in which somebody may act for another, and for how long.

    Hazard: a power of attorney that was revoked, or a period whose end is absent for a reason, that opens a record for ever. What
    ends the say of a parent is the child's age, which a decision looks at.
    """
    codings = [coding for concept in objects(person.get("relationship")) for coding in objects(concept.get("coding"))]
    codes = [coding.get("code") for coding in codings if coding.get("system") == _ROLE_CODE]
    proxies, span = said.policy.file.proxies, span_of(person.get("period"), otherwise=ALWAYS)
    if any(code in proxies.appointed.relationships for code in codes):
        yield PROXY, span.heard_of(said.recorded, days=proxies.appointed.longest_days)
    if any(code in proxies.parental.relationships for code in codes):
        yield PARENT, span


def _citizens(person: JsonObject) -> Iterator[tuple[str, Span]]:
    """Yield the parties of the NHS numbers that somebody has, each with when it is theirs."""
    for identifier in objects(person.get("identifier")):
        if identifier.get("system") == NHS_NUMBER and identifier.get("use") not in _NOT_CLAIMING:
            number = _number(identifier.get("value"))
            # Hazard: wrong person. A placeholder that many records share must not make strangers each other's "self".
            if number is not None and not number.is_placeholder:
                yield citizen_party(number.value), span_of(identifier.get("period"), otherwise=ALWAYS)


def _number(value: object) -> NhsNumber | None:
    try:
        return NhsNumber.parse(value) if isinstance(value, str) else None
    except Incorrect:
        return None


def _encounter(encounter: JsonObject, said: Said) -> Iterator[RelationshipFact]:
    span = said.span(encounter.get("period"), days=said.longest.encounter_days(_class_of(encounter)))
    yield from said.ties(encounter.get("serviceProvider"), "encounter", span=span)


def _class_of(encounter: JsonObject) -> str | None:
    """Return the code of an encounter's class in HL7 v3 ActCode, None where it says none: a sender's own `IMP` may mean anything."""
    codings = objects(encounter.get("class"))
    codes = (coding.get("code") for coding in codings if coding.get("system") in _ACT_CODES)
    return next((code for code in codes if isinstance(code, str)), None)


def _episode(episode: JsonObject, said: Said) -> Iterator[RelationshipFact]:
    span = said.span(episode.get("period"), days=said.longest.days("episode"))
    yield from said.ties(episode.get("managingOrganization"), "episode", span=span)


def _referral(request: JsonObject, said: Said) -> Iterator[RelationshipFact]:
    span = said.span(request.get("authoredOn"), days=said.longest.days("referral"))
    yield from said.ties(request.get("performer"), "referral", span=span)


def _appointment(appointment: JsonObject, said: Said) -> Iterator[RelationshipFact]:
    span = said.span(appointment.get("start"), days=said.longest.days("appointment"))
    for participant in objects(appointment.get("participant")):
        yield from said.ties(participant.get("actor"), "appointment", span=span)


def _care_team(team: JsonObject, said: Said) -> Iterator[RelationshipFact]:
    if team.get("status", "active") != "active":
        return
    span = said.span(team.get("period"), days=said.longest.days("caseload"))
    yield from said.ties(team.get("managingOrganization"), "caseload", span=span)
    for participant in objects(team.get("participant")):
        yield from said.ties(participant.get("member"), "caseload", span=span)
        yield from said.ties(participant.get("onBehalfOf"), "caseload", span=span)


def _prescription(prescription: JsonObject, said: Said) -> Iterator[RelationshipFact]:
    span = said.span(prescription.get("authoredOn"), days=said.longest.days("prescription"))
    for dispense in objects(prescription.get("dispenseRequest")):
        yield from said.ties(dispense.get("performer"), "prescription", span=span)


def _dispensing(dispense: JsonObject, said: Said) -> Iterator[RelationshipFact]:
    when = dispense.get("whenHandedOver") or dispense.get("whenPrepared")
    span = said.span(when, days=said.longest.days("dispensing"))
    for performer in objects(dispense.get("performer")):
        yield from said.ties(performer.get("actor"), "dispensing", span=span)
    yield from said.ties(dispense.get("location"), "dispensing", span=span)


_PROJECTIONS: Final[Mapping[str, Callable[[JsonObject, Said], Iterator[RelationshipFact]]]] = {
    "Patient": _patient,
    "RelatedPerson": _related_person,
    "Encounter": _encounter,
    "EpisodeOfCare": _episode,
    "ServiceRequest": _referral,
    "Appointment": _appointment,
    "CareTeam": _care_team,
    "MedicationRequest": _prescription,
    "MedicationDispense": _dispensing,
}
#: The types of resource that may say facts; of all others, and of a Consent, which says its own, `project_facts` returns none.
PROJECTED_TYPES: Final = frozenset({*_PROJECTIONS, "Consent"})
