"""The decisions on a transaction: one for each interaction with a type, as on each entry alone; for a person about one person."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from lhcr.access.decision import AccessDecision
from lhcr.access.request import NOBODY, SOMEBODY_UNKNOWN, About, Interaction
from lhcr.fhir.search.homes import home_reference
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.named_person import person_of_query
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.whom import person_of_id
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.errors import Forbidden, Issue
from lhcr.record.blame import blaming
from lhcr.record.draft import Draft, Method

_INTERACTIONS: Final[Mapping[Method, Interaction]] = {
    Method.POST: Interaction.CREATE,
    Method.PUT: Interaction.UPDATE,
    Method.PATCH: Interaction.PATCH,
    Method.DELETE: Interaction.DELETE,
}
_Wanted: TypeAlias = tuple[Interaction, str, About]


async def decide_on_transaction(services: Services, call: Call, drafts: Sequence[Draft]) -> list[AccessDecision]:
    """Return the decision on each draft. Raises `Refused` (403) for the first that is not permitted.

    What is permitted alone is permitted together, and nothing else is. Hazard: wrong person. Whoever is no system may write
    about one person at a time, so that a slip in one entry of many cannot file something in a second record.
    """
    people = await _people(services, call, drafts)
    wanted = [(_INTERACTIONS[draft.method], draft.type, about) for draft, about in zip(drafts, people, strict=True)]
    decisions = {
        each: await services.gate.decide(call.principal, call.request(each[0], each[2], type=each[1]))
        for each in sorted(dict.fromkeys(wanted), key=_order)
    }
    _refuse_several(about for _, _, about in decisions)
    return [decisions[each] for each in wanted]


def leading(decisions: Iterable[AccessDecision]) -> AccessDecision:
    """Return the decision that stands for all: one about the person whom the transaction concerns, if it concerns any."""
    requests = (
        ((each.request.interaction, each.request.type or "", About(each.request.person)), each) for each in decisions
    )
    return min(requests, key=lambda each: _order(each[0]))[1]


def _order(wanted: _Wanted) -> tuple[bool, str, str]:
    return wanted[2].person is None, wanted[1], wanted[0].value


async def _people(services: Services, call: Call, drafts: Sequence[Draft]) -> list[About]:
    """Return about whom each draft asks; what a system may write does not follow from whom it is about."""
    if call.principal.kind is PrincipalKind.SYSTEM:
        return [NOBODY] * len(drafts)
    patients = _patients(drafts)
    return [await _person(services, call, draft, patients) for draft in drafts]


def _patients(drafts: Iterable[Draft]) -> Mapping[str, Draft]:
    """Return the Patients of the transaction by the names that other entries may use for them."""
    patients = [draft for draft in drafts if draft.type == "Patient"]
    by_url = {draft.full_url: draft for draft in patients if draft.full_url}
    return by_url | {f"Patient/{draft.id}": draft for draft in patients if draft.id}


async def _person(services: Services, call: Call, draft: Draft, patients: Mapping[str, Draft]) -> About:
    """Return whom a draft is about: nobody too for a Patient that the transaction itself makes."""
    reference = None if draft.resource is None or draft.type == "Patient" else home_reference(draft.resource)
    if reference is not None and (patient := patients.get(reference)) is not None:
        return await _person(services, call, patient, {})
    with blaming(draft):
        return await _person_alone(services, call, draft, reference)


async def _person_alone(services: Services, call: Call, draft: Draft, reference: str | None) -> About:
    """Return whom a draft is about where no Patient of the transaction is."""
    if reference is not None:
        return SOMEBODY_UNKNOWN if draft.resource is None else await services.record.subject_of(draft.resource)
    if draft.condition is not None:
        return _about_somebody(await person_of_query(services, draft.condition))
    if draft.id is None:
        return NOBODY
    return _about_somebody(await person_of_id(services, call, _INTERACTIONS[draft.method], draft))


def _about_somebody(about: About) -> About:
    """Directory and shelf are about nobody."""
    return NOBODY if isinstance(about.person, int) and about.person <= 0 else about


def _refuse_several(people: Iterable[About]) -> None:
    """Refuse (403) what is about several persons, each of whom may be written about.

    Hazard: a sensitive item exposed. That two ids mean one person, or two, is not told of one that may not be seen.
    """
    if len({about.person for about in people} - {None}) > 1:
        diagnostics = "A transaction may be about one person only; send one transaction for each. Nothing was written."
        raise Forbidden([Issue(code="forbidden", error="several-persons", diagnostics=diagnostics)])
