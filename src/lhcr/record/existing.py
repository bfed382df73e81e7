"""Existing rows: what a batch is about to replace, locked, and whether this source may replace it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lhcr.kernel.errors import Conflict, Incorrect, Issue, NotFound
from lhcr.record.draft import Draft, Method
from lhcr.record.links import Key
from lhcr.record.persons import DIRECTORY, Located
from lhcr.record.sql import STATEMENTS
from lhcr.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing:
    person_id: int
    rid: int
    version: int
    class_id: int
    body: bytes | None


async def lock_existing(connection: Connection, drafts: Sequence[Draft]) -> dict[Key, Existing]:
    """Lock the rows that drafts with a chosen id would replace and return them by (type, id)."""
    found: dict[Key, Existing] = {}
    for statement, directory in (("lock_resources", False), ("lock_directory_resources", True)):
        keys = [draft for draft in drafts if (draft.person_id == DIRECTORY) is directory]
        if keys:
            columns = [[d.person_id for d in keys], [d.type_id for d in keys], [d.id for d in keys]]
            for row in await connection.fetch(STATEMENTS[statement], *columns):
                found[row["type"], row["id"]] = Existing(
                    person_id=row["person_id"],
                    rid=row["rid"],
                    version=row["version"],
                    class_id=row["class"],
                    body=row["body"],
                )
    return found


def settle(
    drafts: Sequence[Draft],
    existing: Mapping[Key, Existing],
    located: Mapping[Key, Located],
    *,
    owns: Callable[[int], bool],
) -> None:
    """Make each draft the next version of what exists under its id, or the first one.

    Raises Conflict (409 `id-taken`) where another source holds the id, 412 where the expected version does not stand,
    NotFound for a patch of nothing, Incorrect (422) for an update that would file a resource with another person.
    """
    for draft in drafts:
        before = existing.get(draft.key) if draft.key else None
        if before is None:
            _refuse_absent(draft, located)
        elif owns(before.class_id):
            _supersede(draft, before)
        elif draft.method is not Method.DELETE:
            raise id_taken(draft.type)


def _refuse_absent(draft: Draft, located: Mapping[Key, Located]) -> None:
    """Refuse what needs an existing resource, and an update that would move one.

    Hazard: wrong person. What was written about one person by mistake is deleted and written anew, so that both
    records show what happened.
    """
    if draft.method is Method.PATCH:
        raise NotFound([absent(draft.type)])
    if draft.if_match is not None:
        raise version_differs(draft.type)
    where = located.get(draft.key) if draft.key else None
    if draft.method is Method.PUT and where is not None and where.person_id != draft.person_id:
        raise Incorrect([_subject_changed(draft.type)], status=422)


def _supersede(draft: Draft, before: Existing) -> None:
    if draft.if_match not in {None, before.version}:
        raise version_differs(draft.type)
    draft.rid = before.rid
    draft.class_id = before.class_id
    draft.was_deleted = before.body is None
    draft.replaces = not (draft.method is Method.DELETE and draft.was_deleted)
    draft.version = before.version + 1


async def claim_chosen_ids(
    connection: Connection, drafts: Sequence[Draft], *, source_id: int, routed: Callable[[str], int | None]
) -> None:
    """Claim the ids that new resources bring. The row is the lock: of two sources that bring one id, one gets it.

    Raises Conflict (409 `id-taken`), and Incorrect for an id that has the form of those which this server assigns.
    """
    new = {
        (draft.type_id, draft.id or ""): draft for draft in drafts if draft.method is Method.PUT and not draft.replaces
    }
    for draft in new.values():
        if routed(draft.id or "") is not None:
            raise Incorrect([_reserved(draft.type)])
    if not new:
        return
    columns = [[key[0] for key in new], [key[1] for key in new], [draft.person_id for draft in new.values()]]
    await connection.execute(STATEMENTS["claim_ids"], *columns, [source_id] * len(new))
    for row in await connection.fetch(STATEMENTS["locate"], *columns[:2]):
        if row["source_id"] != source_id or row["person_id"] != new[row["type"], row["id"]].person_id:
            raise id_taken(new[row["type"], row["id"]].type)


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


def _reserved(resource_type: str) -> Issue:
    return Issue(
        code="business-rule",
        error="id-reserved",
        diagnostics="Ids of this form are assigned by the server. Choose another, or create with POST.",
        expression=f"{resource_type}.id",
    )


def version_differs(resource_type: str) -> Conflict:
    issue = Issue(
        code="conflict",
        error="version-conflict",
        diagnostics="The resource has another version by now. Read it again and repeat the change on what you read.",
        expression=resource_type,
    )
    return Conflict([issue], status=412)


def id_taken(resource_type: str) -> Conflict:
    """The same whether or not the asker may see what holds the id."""
    issue = Issue(
        code="conflict",
        error="id-taken",
        diagnostics="Another source uses this id. Choose another, or create with POST and use the id that is assigned.",
        expression=f"{resource_type}.id",
    )
    return Conflict([issue])
