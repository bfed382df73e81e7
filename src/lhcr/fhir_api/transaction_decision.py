"""The decision on a transaction: for a system on all of it, for a person about the one person whom it concerns."""

from collections.abc import Iterable, Mapping, Sequence

from lhcr.access.decision import AccessDecision
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction
from lhcr.fhir.search.homes import home_reference
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.named_person import person_of_query
from lhcr.fhir_api.services import Services
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.errors import Forbidden, Issue
from lhcr.record.draft import Draft, Method

_INTERACTIONS: Mapping[Method, Interaction] = {
    Method.POST: Interaction.CREATE,
    Method.PUT: Interaction.UPDATE,
    Method.PATCH: Interaction.PATCH,
    Method.DELETE: Interaction.DELETE,
}


async def decide_on_transaction(services: Services, call: Call, drafts: Sequence[Draft]) -> AccessDecision:
    """Return a decision that covers every draft. Raises `Refused` (403) for the first that is not permitted.

    Hazard: wrong person. Whoever is no system may write about one person at a time, so that a slip in one entry of many cannot
    file something in a second record.
    """
    if call.principal.kind is PrincipalKind.SYSTEM:
        return await services.gate.decide(call.principal, call.request(Interaction.CREATE, None, type=None))
    people = [await _person(services, draft, _patients(drafts)) for draft in drafts]
    person = _only(people)
    wanted = {
        (_INTERACTIONS[draft.method], draft.type, None if about is None else person)
        for draft, about in zip(drafts, people, strict=True)
    }
    decisions = [
        await services.gate.decide(call.principal, call.request(interaction, about, type=name))
        for interaction, name, about in sorted(wanted, key=lambda each: (each[2] is None, each[1], each[0].value))
    ]
    return decisions[0]


def _patients(drafts: Iterable[Draft]) -> Mapping[str, Draft]:
    """Return the Patients of the transaction by the names that other entries may use for them."""
    patients = [draft for draft in drafts if draft.type == "Patient"]
    by_url = {draft.full_url: draft for draft in patients if draft.full_url}
    return by_url | {f"Patient/{draft.id}": draft for draft in patients if draft.id}


async def _person(services: Services, draft: Draft, patients: Mapping[str, Draft]) -> AskedPerson:
    """Return whom a draft is about, None for nobody or for a Patient that the transaction itself makes."""
    reference = None if draft.resource is None or draft.type == "Patient" else home_reference(draft.resource)
    if reference is not None:
        if (patient := patients.get(reference)) is not None:
            return await _person(services, patient, {})
        return UNKNOWN if draft.resource is None else await services.record.subject_of(draft.resource)
    if draft.condition is not None:
        return _about_somebody(await person_of_query(services, draft.condition))
    if draft.id is None:
        return None
    return _about_somebody(await services.record.whose(type=draft.type, id=draft.id))


def _about_somebody(person: AskedPerson) -> AskedPerson:
    """Directory and shelf are about nobody."""
    return None if isinstance(person, int) and person <= 0 else person


def _only(people: Iterable[AskedPerson]) -> AskedPerson:
    named = {person for person in people if person is not None}
    if len(named) > 1:
        diagnostics = "A transaction may be about one person only; send one transaction for each. Nothing was written."
        raise Forbidden([Issue(code="forbidden", error="several-persons", diagnostics=diagnostics)])
    return named.pop() if named else None
