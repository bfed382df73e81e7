"""Followed: what a draft follows, such as the targets of a Provenance, and so whose sensitivity it shares.

Hazard guarded here: a sensitive item exposed. A Provenance names its target and may say what it is, so it is hidden from whom its
target is hidden; so is a prescription that refers to its medicine, which it mostly names too.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias

from lhcr.fhir.search.homes import followed_references, home
from lhcr.kernel.json_types import JsonObject
from lhcr.record.draft import Draft
from lhcr.record.links import Key, LinkReader
from lhcr.record.persons import DIRECTORY, Located
from lhcr.store.database import Connection
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.record", "followed.sql")
#: Whoever an entry is about is not what it follows: people are restricted by a fact of their own.
_PEOPLE: Final = ("Patient/", "Person/", "RelatedPerson/")
_MEDICINE: Final = "medicationReference"
#: The types that may refer to their medicine.
OF_MEDICINES: Final = ("MedicationAdministration", "MedicationDispense", "MedicationRequest", "MedicationStatement")

Locate: TypeAlias = Callable[[AbstractSet[Key]], Awaitable[Mapping[Key, Located]]]


async def note_followed(connection: Connection, drafts: Sequence[Draft], *, reader: LinkReader, locate: Locate) -> None:
    """Note with each draft what it follows: entries of the batch, and the access classes of what is stored already.

    The references of the drafts are resolved. What is labelled later hands its labels on (`record/later_labels.py`); what follows
    something that is not here yet does not share its labels until it is written again. Under the lock of the drafts' persons, and
    in their transaction: what lies on the shelf, where nobody is locked, is held as it is until the drafts are written.
    """
    following = {id(draft): keys for draft in drafts if (keys := keys_of(draft, reader))}
    if not following:
        return
    written = {draft.key: draft for draft in drafts if draft.resource is not None and not draft.found}
    wanted = {key for keys in following.values() for key in keys} - written.keys()
    await _hold(connection, wanted, locate)
    stored = await classes_of(connection, wanted, locate)
    for draft in drafts:
        keys = following.get(id(draft), ())
        draft.followed = tuple(written[key] for key in keys if key in written)
        draft.followed_classes = tuple(sorted({stored[key] for key in keys if key in stored}))


def with_followed(draft: Draft) -> Sequence[Draft]:
    """Return a draft, what it follows in its batch, and so on; hostile entries may follow each other in a circle."""
    found, pending = {id(draft): draft}, [draft]
    while pending:
        for each in pending.pop().followed:
            if id(each) not in found:
                found[id(each)] = each
                pending.append(each)
    return [*found.values()]


def followed_keys(resource: JsonObject, reader: LinkReader) -> tuple[Key, ...]:
    """Return the ids of what a resource follows, as far as they are of this area."""
    references = [each for each in followed_references(resource) if not each.startswith(_PEOPLE)]
    medicine = resource.get(_MEDICINE, {}).get("reference")
    references += [] if medicine is None else [medicine]
    return tuple(key for each in references if (key := reader.key(each)) is not None)


def keys_of(draft: Draft, reader: LinkReader) -> tuple[Key, ...]:
    """Return the ids of what a draft follows, as far as they are of this area."""
    if draft.resource is None or not (_MEDICINE in draft.resource or home(draft.type).follows):
        return ()
    return followed_keys(draft.resource, reader)


async def _hold(connection: Connection, keys: AbstractSet[Key], locate: Locate) -> None:
    """Wait for whoever is labelling what lies on the shelf, and have whoever will be wait for this write.

    Hazard: a prescription that names a medicine which is hidden in the same moment.
    """
    located = await locate(keys) if keys else {}
    for (number, own_id), where in sorted(located.items()):
        if where.person_id < DIRECTORY:
            await connection.execute(_SQL["held_on_shelf"], where.person_id, number, own_id)


async def classes_of(connection: Connection, keys: AbstractSet[Key], locate: Locate) -> Mapping[Key, int]:
    """Return the access classes of stored entries by their ids, but of those of the directory."""
    located = {key: each for key, each in (await locate(keys)).items() if each.person_id != DIRECTORY} if keys else {}
    if not located:
        return {}
    columns = [each.person_id for each in located.values()], [key[0] for key in located], [key[1] for key in located]
    rows = await connection.fetch(_SQL["classes_of_followed"], *columns)
    return {(row["type"], row["id"]): row["class"] for row in rows}
