"""Existing rows: what a batch is about to replace, locked, and whether this source may replace it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeAlias

from lhcr.fhir.search.homes import HomeKind, home
from lhcr.kernel.errors import Conflict, Incorrect, Issue, NotFound
from lhcr.record.blame import for_each
from lhcr.record.draft import ANY_VERSION, NO_VERSION, Draft, Method
from lhcr.record.links import Key
from lhcr.record.persons import DIRECTORY, Located, Persons
from lhcr.record.sql import STATEMENTS
from lhcr.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing:
    """`owned` says whether the source that is writing contributed it."""

    person_id: int
    rid: int
    version: int
    class_id: int
    members: tuple[int, ...]
    body: bytes | None
    owned: bool


Owned: TypeAlias = Callable[[AbstractSet[int]], Awaitable[Collection[int]]]
"""Picks from access classes those of the source that is writing."""


async def find_existing(
    connection: Connection, drafts: Sequence[Draft], located: Mapping[Key, Located], *, owned: Owned, lock: bool
) -> dict[Key, Existing]:
    """Return the rows that stand where the ids of drafts are at home, by (type, id), and lock them unless told otherwise."""
    homes = {draft.key: _home(draft, located) for draft in drafts if draft.key is not None and draft.key in located}
    rows = []
    for statement, directory in (("existing_resources", False), ("existing_directory_resources", True)):
        keys = [key for key, person_id in homes.items() if (person_id == DIRECTORY) is directory]
        if keys:
            columns = [homes[key] for key in keys], [key[0] for key in keys], [key[1] for key in keys]
            rows += await connection.fetch(STATEMENTS[statement] + (" FOR UPDATE" if lock else ""), *columns)
    own = await owned({row["class"] for row in rows})
    return {
        (row["type"], row["id"]): Existing(
            person_id=row["person_id"],
            rid=row["rid"],
            version=row["version"],
            class_id=row["class"],
            members=tuple(row["members"] or ()),
            body=row["body"],
            owned=row["class"] in own,
        )
        for row in rows
    }


def _home(draft: Draft, located: Mapping[Key, Located]) -> int:
    is_directory = home(draft.type).kind is HomeKind.DIRECTORY
    return DIRECTORY if is_directory or draft.key is None else located[draft.key].person_id


def settle(
    drafts: Sequence[Draft],
    existing: Mapping[Key, Existing],
    located: Mapping[Key, Located],
    *,
    source_id: int,
    read: Mapping[Key, int],
) -> None:
    """Make each draft the next version of what exists under its id, or the first one.

    `read` are the versions that its writer reads where they are others than the stored ones, as of a Patient. Raises Conflict
    (409 `id-taken`) for an id that is not this source's to choose, 412 where the expected version does not stand, NotFound for a
    patch of nothing, and Incorrect (422) for an update that would file a resource with another person: each with the issues of all.

    Hazard: sensitive item exposed by its mere existence. What another source holds and what is not there are refused alike.
    """

    def settle_one(draft: Draft) -> None:
        before = existing.get(draft.key) if draft.key else None
        if before is None:
            _refuse_absent(draft, located.get(draft.key) if draft.key else None, source_id=source_id)
        else:
            _settle_before(draft, before, read.get((draft.type_id, draft.id or ""), before.version))

    for_each(drafts, settle_one)


def _settle_before(draft: Draft, before: Existing, version: int) -> None:
    """Make a draft the next version of what stands, which its writer reads under this version."""
    if before.owned:
        if draft.if_match == ANY_VERSION and before.body is None:
            raise version_differs(draft.type)
        if draft.if_match == NO_VERSION and before.body is not None:
            raise _exists(draft.type)
        _refuse_overtaken(draft, version)
        _supersede(draft, before)
    elif draft.method is not Method.DELETE:
        raise id_taken(draft.type)
    elif draft.if_match is not None:
        raise version_differs(draft.type)


def _refuse_absent(draft: Draft, where: Located | None, *, source_id: int) -> None:
    """Refuse what needs an existing resource, and ids that are not this source's to choose."""
    if draft.method is Method.PATCH:
        raise NotFound([absent(draft.type)])
    chosen = draft.method is Method.PUT and not draft.assigned
    if chosen and where is not None and where.source_id is None:
        raise id_taken(draft.type)
    if draft.if_match not in {None, NO_VERSION}:
        raise version_differs(draft.type)
    if not chosen or where is None:
        return
    if where.source_id != source_id:
        raise id_taken(draft.type)
    if where.person_id != draft.person_id:
        raise Incorrect([_subject_changed(draft.type)], status=422)


def _refuse_overtaken(draft: Draft, version: int) -> None:
    """Hazard: lost update. What was read is not what stands any more."""
    if draft.if_match not in {None, ANY_VERSION, NO_VERSION, version}:
        raise version_differs(draft.type)


def _supersede(draft: Draft, before: Existing) -> None:
    """Make a draft the next version.

    Hazard: wrong person. What was written about one person by mistake is deleted and written anew, so that both records show
    what happened; an update moves nothing. A deleted entry still names whom it named: its traces are hidden like itself.
    """
    if draft.method is Method.DELETE:
        draft.members = before.members
    elif draft.person_id != before.person_id:
        raise Incorrect([_subject_changed(draft.type)], status=422)
    draft.rid = before.rid
    draft.class_id = before.class_id
    draft.was_deleted = before.body is None
    draft.replaces = not (draft.method is Method.DELETE and draft.was_deleted)
    draft.version = before.version + 1


async def claim_chosen_ids(
    connection: Connection, drafts: Sequence[Draft], located: dict[Key, Located], *, source_id: int
) -> None:
    """Claim the ids that new resources bring, and add to `located` where they are. The row is the lock.

    Of two sources that bring one id, one gets it; of two writers of one source, the second finds what the first wrote.
    """
    new = {draft.key: draft for draft in drafts if draft.key is not None and draft.key not in located}
    new = {key: draft for key, draft in new.items() if draft.method is Method.PUT}
    if not new:
        return
    columns = [[key[0] for key in new], [key[1] for key in new], [draft.person_id for draft in new.values()]]
    claimed = await connection.fetch(STATEMENTS["claim_ids"], *columns, [source_id] * len(new))
    if len(claimed) < len(new):
        for row in await connection.fetch(STATEMENTS["locate"], *columns[:2]):
            located[row["type"], row["id"]] = Located(row["person_id"], row["source_id"])


async def refuse_others_patients(
    connection: Connection, persons: Persons, drafts: Sequence[Draft], *, owned: Owned
) -> None:
    """Refuse an update of a Patient under an id of ours that is not this source's, before its numbers can tell anything.

    Hazard: an id never reveals the person. That a number is, or is not, that of the person behind an id must not be told to a
    source that may not see the Patient. Ids that a source chose are looked at where they are claimed. Raises Conflict as
    `settle` does.
    """
    asked = [
        (person_id, draft)
        for draft in drafts
        if draft.type == "Patient" and draft.method is Method.PUT and draft.id is not None
        if (person_id := persons.routed(draft.id)) is not None
    ]
    if not asked:
        return
    columns = [person_id for person_id, _ in asked], [each.type_id for _, each in asked], [each.id for _, each in asked]
    classes = {row["id"]: row["class"] for row in await connection.fetch(STATEMENTS["classes_of_resources"], *columns)}
    own = await owned(set(classes.values()))

    def refuse(draft: Draft) -> None:
        if classes.get(draft.id) not in own:
            raise id_taken("Patient")

    for_each([draft for _, draft in asked], refuse)


def absent(resource_type: str) -> Issue:
    return Issue(
        code="not-found", error="not-found", diagnostics=f"There is no such {resource_type}.", expression=resource_type
    )


def gone(resource_type: str) -> Issue:
    return Issue(
        code="deleted", error="deleted", diagnostics=f"The {resource_type} was deleted.", expression=resource_type
    )


def _subject_changed(resource_type: str) -> Issue:
    return Issue(
        code="business-rule",
        error="subject-changed",
        diagnostics="The resource is filed with another person. Delete it and create it anew for the right one.",
        expression=resource_type,
    )


def version_differs(resource_type: str) -> Conflict:
    issue = Issue(
        code="conflict",
        error="version-conflict",
        diagnostics="The resource has another version by now. Read it again and repeat the change on what you read.",
        expression=resource_type,
    )
    return Conflict([issue], status=412)


def _exists(resource_type: str) -> Conflict:
    issue = Issue(
        code="conflict",
        error="resource-exists",
        diagnostics="The resource is here already, and If-None-Match: * asks that it is not. Nothing was changed. To replace it, read "
        "it and send its version with If-Match.",
        expression=resource_type,
    )
    return Conflict([issue], status=412)


def id_taken(resource_type: str) -> Conflict:
    """The same whether or not the asker may see what holds the id, and where it has our form and nothing holds it."""
    issue = Issue(
        code="conflict",
        error="id-taken",
        diagnostics="Another source uses this id, or it has the form of those that the server alone assigns. Choose another, or "
        "create with POST and use the id that is assigned.",
        expression=f"{resource_type}.id",
    )
    return Conflict([issue])
