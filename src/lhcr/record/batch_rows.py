"""The rows of a whole batch: those of the directory, and those of persons and the shelf with what follows from them."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from lhcr.access.access_class import AccessClass
from lhcr.access.categories import category_of, joined_labels, labels_of
from lhcr.access.classes import AccessClasses
from lhcr.access.order import RESTRICTED_PROCESSING
from lhcr.access.policy import Policy
from lhcr.access.sensitivity_codes import SensitiveCodes, joint_labels
from lhcr.fhir.contributor import contribute, sent_source, source_uri
from lhcr.fhir.search.catalogue import parameters_of
from lhcr.fhir.search.extraction import extract
from lhcr.fhir.search.rows import SearchValues
from lhcr.kernel.json_types import JsonObject
from lhcr.record.body import StoredBody, draft_body
from lhcr.record.draft import Draft
from lhcr.record.followed import with_followed
from lhcr.record.later_labels import handed_on
from lhcr.record.persons import DIRECTORY
from lhcr.record.rows import FEW_ROWS, Rows, systems_of
from lhcr.record.write_statement import WriteStatement, fragment
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRows:
    """`labelled`: the epoch of the sensitive codes by which the rows were labelled."""

    labelled: int
    directory: Rows
    elsewhere: Rows
    bodies: Sequence[StoredBody]

    @property
    def are_many(self) -> bool:
        """Whether it is worth it to copy them, which can be done of new rows alone."""
        few = self.directory.search_rows + self.elsewhere.search_rows <= FEW_ROWS
        return not (few or self.directory.replaces or self.elsewhere.replaces)

    async def copy(self, connection: Connection, *, at: datetime) -> None:
        """Copy the new resources and their search rows, inside a transaction, as of an instant under whose lock it is."""
        await self.directory.copy(connection, directory=True, at=at)
        await self.elsewhere.copy(connection, directory=False, at=at)

    def add_consequences(self, statement: WriteStatement, *, permitted: Mapping[int, int]) -> None:
        """Add what a change of persons' records entails: their counters and a notice for whoever delivers changes.

        `permitted` is the epoch at which a write about one person was permitted: where that has moved, the statement fails.
        """
        changed = [(person_id, rid) for person_id, rid in self.elsewhere.changed if person_id > 0]
        if changed:
            persons, rids = zip(*changed, strict=True)
            distinct = sorted(set(persons))
            one = len(distinct) == 1
            uses_shelf = self.elsewhere.uses_shelf
            if one:
                statement.add(fragment("bumped_one"), [distinct[0], uses_shelf, permitted.get(distinct[0])])
            else:
                statement.add(fragment("bumped"), [distinct, uses_shelf])
            statement.add(fragment("outbox"), [persons, rids])


_Sort: TypeAlias = tuple[str, tuple[str, ...]]


class RowBuilder:
    """Builds rows for one worker. The interners use connections of their own, never the one that writes the batch."""

    def __init__(self, *, classes: AccessClasses, systems: CodeSystems, policy: Policy) -> None:
        self._classes = classes
        self._systems = systems
        self._policy = policy
        self._contributors: dict[int, str] = {}

    async def owned(self, class_ids: AbstractSet[int], *, source_id: int) -> Collection[int]:
        """Return those of some access classes that are a source's own.

        Hazard: nothing is silent. A class that another worker made is looked up, or a source would be told of its own entry that
        nobody has it.
        """
        return {each.class_id for each in await self._known(class_ids) if each.source_id == source_id}

    async def _known(self, class_ids: AbstractSet[int]) -> Sequence[AccessClass]:
        table = self._classes.table
        if not class_ids <= {each.class_id for each in table.classes}:
            table = await self._classes.refreshed(epoch=table.epoch + 1)
        return [each for each in table.classes if each.class_id in class_ids]

    async def build(self, drafts: Sequence[Draft], *, source_id: int) -> BatchRows:
        """Return the rows of drafts that are placed and settled, in their order.

        Hazard: an entry that is taken for another organisation's. Who contributes it is written here, from the source on its row.
        """
        contributor = self._contributor(source_id)
        for draft in drafts:
            if draft.resource is not None:
                contribute(draft.resource, by=contributor)
        values = [None if draft.resource is None else _search_values(draft.resource) for draft in drafts]
        numbers = await self._numbers(values)
        directory, elsewhere, bodies = Rows(numbers), Rows(numbers), []
        known: dict[_Sort, int] = {}
        codes = await self._codes()
        for draft, extracted in zip(drafts, values, strict=True):
            bodies.append(draft_body(draft))
            if draft.resource is not None:
                given = _labels_by_codes(draft, codes, bodies[-1].body)
                labels = await self._restricted(draft, await self._labels(draft, codes, given))
                sort = category_of(draft.resource, policy=self._policy), labels
                if sort not in known:
                    known[sort] = await self._classes.class_of(source_id, category=sort[0], labels=sort[1])
                if draft.replaces and draft.class_id != known[sort]:
                    draft.gains_labels = await self._gains(draft.class_id, known[sort])
                draft.class_id = known[sort]
            rows = directory if draft.person_id == DIRECTORY else elsewhere
            rows.add(draft, extracted, bodies[-1])
        return BatchRows(labelled=codes.epoch, directory=directory, elsewhere=elsewhere, bodies=bodies)

    async def _gains(self, before: int, now: int) -> bool:
        """Whether what follows an entry of a class has labels because of it that it would not have because of a class before."""
        handed = {each.class_id: handed_on(each, policy=self._policy) for each in await self._known({before, now})}
        return not handed[now] <= handed.get(before, frozenset())

    async def _codes(self) -> SensitiveCodes:
        return await self._classes.sensitivity.codes(policy_epoch=self._classes.table.epoch)

    async def labels_stand(self, labelled: int) -> bool:
        """Return whether rows that were labelled by the codes of an epoch would be labelled by the same codes now."""
        return (await self._codes()).epoch == labelled

    def meet(self, sensitivity: int | None) -> None:
        """Look again which codes are sensitive, before the next build, where those of another epoch have been met."""
        self._classes.sensitivity.meet(sensitivity)

    def outdate(self) -> None:
        self._classes.sensitivity.outdate()

    def _contributor(self, source_id: int) -> str:
        """Return how entries name a source, which a decision has interned. What is interned never changes."""
        if source_id not in self._contributors:
            sources = self._classes.table.source_by_ods.items()
            self._contributors |= {number: source_uri(ods) for ods, number in sources}
        return self._contributors[source_id]

    async def _numbers(self, values: Collection[SearchValues | None]) -> Mapping[str, int]:
        systems: set[str] = set()
        for each in values:
            if each is not None:
                systems |= systems_of(each)
        return await self._systems.numbers(systems, create=True)

    async def _restricted(self, draft: Draft, labels: tuple[str, ...]) -> tuple[str, ...]:
        """Return labels with that of a restriction of processing, where it is on what stood before or on what is followed.

        Hazard: an entry that is not to be processed is shown again by a new version of it, or told by its Provenance.
        """
        drafts = with_followed(draft) if draft.followed else (draft,)
        before = {each.class_id for each in drafts if each.replaces}
        before |= {class_id for each in drafts for class_id in each.followed_classes}
        stood = await self._known(before) if before else ()
        if any(RESTRICTED_PROCESSING in each.labels for each in stood):
            return tuple(sorted({*labels, RESTRICTED_PROCESSING}))
        return labels

    async def _labels(self, draft: Draft, codes: SensitiveCodes, given: Collection[str]) -> tuple[str, ...]:
        """Return the labels of a draft and of everything that it follows: what they say, and what sensitive codes say of them.

        `given`: what these say of the draft itself.
        """
        if not (draft.followed or draft.followed_classes):
            own = labels_of(draft.resource or {}, policy=self._policy)
            return joint_labels(own, given) if given else own
        drafts = with_followed(draft)
        said = {label for each in drafts for label in labels_of(each.resource or {}, policy=self._policy)}
        followed = {label for each in drafts if each is not draft for label in codes.labels_of(each.resource or {})}
        class_ids = {class_id for each in drafts for class_id in each.followed_classes}
        stored = await self._known(class_ids) if class_ids else ()
        return joined_labels(said, stored, policy=self._policy, of_sets={*given, *followed})


def _labels_by_codes(draft: Draft, codes: SensitiveCodes, body: bytes | None) -> Collection[str]:
    """Return what sensitive codes say of a draft; the directory is about nobody, and nothing of it is hidden for a code."""
    if not codes or body is None or draft.resource is None or draft.person_id == DIRECTORY:
        return ()
    return codes.labels_of(draft.resource) if codes.may_lie_in(body) else ()


def _search_values(resource: JsonObject) -> SearchValues:
    """Return what a resource is found by, beside its contributor, whom its class tells: also what its sender says is its source."""
    values = extract(resource)
    if (said := sent_source(resource)) is not None:
        values.uri.append((parameters_of(resource["resourceType"])["_source"].id, said))
    return values
