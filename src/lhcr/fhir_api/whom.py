"""Whom a call is about, and the decision on it."""

from typing import Final, TypeAlias

from lhcr.access.decision import AccessDecision
from lhcr.access.refusal import Refused
from lhcr.access.request import NOBODY, UNKNOWN, About, Interaction
from lhcr.access.smart_scope import granted_types
from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.homes import HomeKind, home
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.named_person import named_person
from lhcr.fhir_api.services import Services
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.errors import NotFound
from lhcr.record.draft import Draft, Method
from lhcr.record.existing import absent, id_taken
from lhcr.store.shelf import shelf_bucket

_PATIENT: Final = "Patient"

Named: TypeAlias = tuple[str, str]
"""(type, id) of a resource."""

#: Rules whose refusal depends on whose the target is, which an id that names no person must not tell.
_ABOUT_THE_PERSON: Final = frozenset({"relationship", "consent", "own-record", "own-contribution", "person-not-named"})


async def decide_on_id(services: Services, call: Call, interaction: Interaction) -> tuple[AccessDecision, int | None]:
    """Return the decision on the resource that the target's id names, and where it is at home (None: nobody has the id).

    Hazard: sensitive item exposed, here by its mere existence. A Patient's id names a person, so that asker and request alone
    say that there is no relationship: a stranger and somebody who is not here are refused alike (403). Any other id names
    nobody: what belongs to a stranger, what is hidden and what does not exist are not found alike (404), byte for byte;
    the refusal is in the log.
    """
    # The whole record is of no one type.
    of_type = None if interaction is Interaction.EVERYTHING else call.target.type
    return await _decide(services, call, interaction, of_type=of_type)


async def decide_on_compartment(services: Services, call: Call, *, of_type: str | None, query: str) -> AccessDecision:
    """Return the decision on a search in the compartment of an Encounter or RelatedPerson, which is about one person.

    Hazard: sensitive item exposed, here that there is such an encounter. Raises NotFound where reading it would (`decide_on_id`),
    whatever it holds. An encounter about nobody leads over persons, and is refused as a search over persons is.
    """
    target = call.target
    await _refuse_owner_beyond_scopes(services, call)
    decision, person_id = await _decide(services, call, Interaction.SEARCH, of_type=of_type, query=query)
    decision = await services.record.reading.require(decision, type=target.type, id=target.id, person_id=person_id)
    if person_id is None or person_id > 0:
        return decision
    request = call.request(Interaction.SEARCH, None, type=of_type, query=query)
    return await services.gate.decide(call.principal, request)


async def _refuse_owner_beyond_scopes(services: Services, call: Call) -> None:
    """Refuse (403) a compartment whose owner is of a type that the scopes do not name: that it answers tells that it is there."""
    types = granted_types(call.principal)
    if types is not None and call.target.type not in types:
        await services.gate.decide(call.principal, call.request(Interaction.READ, UNKNOWN, type=call.target.type))


async def decide_on_entry(services: Services, call: Call, named: Named, *, query: str) -> AccessDecision | None:
    """Return the decision on a search for one resource by its id, None where nothing of it may be told (`decide_on_id`)."""
    try:
        decision, _ = await _decide(services, call, Interaction.SEARCH, of_type=named[0], query=query, named=named)
    except NotFound:
        return None
    return decision


async def _decide(
    services: Services,
    call: Call,
    interaction: Interaction,
    *,
    of_type: str | None,
    query: str = "",
    named: Named | None = None,
) -> tuple[AccessDecision, int | None]:
    type_, own_id = named or (call.target.type, call.target.id)
    about, person_id = await _about(services, type_, own_id)
    try:
        request = call.request(interaction, about, type=of_type, query=query)
        decision = await services.gate.decide(call.principal, request)
    except Refused as refused:
        if type_ != _PATIENT and refused.verdict.rule in _ABOUT_THE_PERSON:
            raise NotFound([absent(type_)]) from refused
        raise
    # Whoever may not see the Patient is told of nobody.
    return decision, None if decision.request.person is UNKNOWN else person_id


async def _about(services: Services, type: str, id: str) -> tuple[About, int | None]:
    """Return whom the id of a resource is about, and where it is at home, None where nobody has it."""
    if type == _PATIENT:
        about = await named_person(services, id)
        return about, None if about.person is UNKNOWN else about.person
    person_id = await services.record.whose(type=type, id=id)
    if person_id is not None:
        return About(person_id), person_id
    return About(shelf_bucket(type_id(type), id) if home(type).kind is HomeKind.SHELF else UNKNOWN), None


async def decide_on_change(services: Services, call: Call, interaction: Interaction, draft: Draft) -> AccessDecision:
    """Return the decision on a change of what the draft's id names, where nothing new says whom it is about.

    An id that nobody has names nobody: to delete it changes nothing, and to patch it finds nothing.
    """
    if call.principal.kind is PrincipalKind.SYSTEM:
        return await _decide_about_nobody(services, call, interaction)
    about = await person_of_id(services, call, interaction, draft)
    return await services.gate.decide(call.principal, call.request(interaction, about, type=draft.type))


async def decide_on_resource(services: Services, call: Call, interaction: Interaction, draft: Draft) -> AccessDecision:
    """Return the decision on writing a resource: about its subject or, where it names none, whom its id belongs to."""
    if call.principal.kind is PrincipalKind.SYSTEM:
        return await _decide_about_nobody(services, call, interaction)
    about = NOBODY if draft.resource is None else await services.record.subject_of(draft.resource)
    if about == NOBODY and draft.id:
        about = await person_of_id(services, call, interaction, draft)
    return await services.gate.decide(call.principal, call.request(interaction, about, type=draft.type))


async def person_of_id(services: Services, call: Call, interaction: Interaction, draft: Draft) -> About:
    """Return about whom it is to change what a draft's id names: nobody where nobody has it, UNKNOWN for a Patient's that nobody has.

    Hazard: sensitive item exposed by its mere existence, as in `decide_on_id`. What belongs to a stranger is, like what is
    hidden, deleted and patched as if nobody had the id, which the draft loses; the refusal is in the log. Raises Conflict (409)
    for an update, as for whatever else another source holds.
    """
    if draft.type == _PATIENT:
        return await _about_patient(services, draft)
    person = await services.record.whose(type=draft.type, id=draft.id or "")
    if person is None or person <= 0:
        return About(person)
    try:
        await services.gate.decide(call.principal, call.request(interaction, person, type=draft.type))
    except Refused as refused:
        if refused.verdict.rule not in _ABOUT_THE_PERSON:
            raise
        if draft.method is Method.PUT:
            raise id_taken(draft.type) from refused
        draft.id = None
        return NOBODY
    return About(person)


async def _about_patient(services: Services, draft: Draft) -> About:
    """An update makes the Patient whom nobody has, and is refused another source's id, whoever that names (`existing.settle`)."""
    about = await named_person(services, draft.id or "")
    if draft.method is not Method.PUT:
        return about
    return NOBODY if about.person is UNKNOWN else About(about.person)


async def _decide_about_nobody(services: Services, call: Call, interaction: Interaction) -> AccessDecision:
    """What a system may write does not follow from whom it is about, so that need not be found out before."""
    return await services.gate.decide(call.principal, call.request(interaction, None, type=call.type))
