"""The rows of a whole batch: those of the directory, and those of persons and the shelf with what follows from them."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from lhcr.access.access_class import AccessClass
from lhcr.access.categories import category_of
from lhcr.access.classes import AccessClasses
from lhcr.access.policy import Policy
from lhcr.access.sensitivity_codes import SensitiveCodes
from lhcr.fhir.contributor import contribute, sent_source, source_uri
from lhcr.fhir.search.catalogue import parameters_of
from lhcr.fhir.search.extraction import extract
from lhcr.fhir.search.rows import SearchValues
from lhcr.kernel.json_types import JsonObject
from lhcr.record.batch_labels import BatchLabels
from lhcr.record.body import StoredBody, draft_body
from lhcr.record.draft import Draft
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
        if not class_ids <= table.by_id.keys():
            table = await self._classes.refreshed(epoch=table.epoch + 1)
        return [table.by_id[each] for each in class_ids & table.by_id.keys()]

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
        directory, elsewhere = Rows(numbers), Rows(numbers)
        bodies = [draft_body(draft) for draft in drafts]
        codes = await self._codes()
        await self._label(drafts, bodies, codes, source_id=source_id)
        for draft, extracted, body in zip(drafts, values, bodies, strict=True):
            rows = directory if draft.person_id == DIRECTORY else elsewhere
            rows.add(draft, extracted, body)
        return BatchRows(labelled=codes.epoch, directory=directory, elsewhere=elsewhere, bodies=bodies)

    async def _label(
        self, drafts: Sequence[Draft], bodies: Sequence[StoredBody], codes: SensitiveCodes, *, source_id: int
    ) -> None:
        """Give each draft its access class, and note whether what follows it is to be labelled again."""
        written = {id(draft): stored.body for draft, stored in zip(drafts, bodies, strict=True)}
        labels = BatchLabels(codes=codes, policy=self._policy, known=self._known, bodies=written, source_id=source_id)
        given: list[tuple[Draft, int]] = []
        for draft in drafts:
            if draft.resource is not None:
                category = category_of(draft.resource, policy=self._policy)
                class_id = await self._classes.class_of(source_id, category=category, labels=await labels.of(draft))
                given.append((draft, class_id))
        # Only now, because what follows an entry asks for the class of the version that stood before.
        for draft, class_id in given:
            if draft.replaces and draft.class_id != class_id:
                gained, lost = await self._handed_on(draft.class_id, class_id)
                draft.gains_labels, draft.class_before = bool(gained), draft.class_id if lost else 0
            draft.class_id = class_id

    async def _handed_on(self, before: int, now: int) -> tuple[Collection[str], Collection[str]]:
        """Return which labels what follows an entry has because of its class of now and not before, and the other way round."""
        handed = {each.class_id: handed_on(each, policy=self._policy) for each in await self._known({before, now})}
        stood: Collection[str] = handed.get(before, frozenset())
        return handed[now].difference(stood), frozenset(stood) - handed[now]

    async def _codes(self) -> SensitiveCodes:
        return await self._classes.sensitivity.codes(policy_epoch=self._classes.table.epoch)

    async def restricts(self, source_id: int) -> Collection[int]:
        """Return the persons about whom all that a source contributes is restricted."""
        return {person_id for person_id, source in (await self._codes()).restricted if source == source_id}

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


def _search_values(resource: JsonObject) -> SearchValues:
    """Return what a resource is found by, beside its contributor, whom its class tells: also what its sender says is its source."""
    values = extract(resource)
    if (said := sent_source(resource)) is not None:
        values.uri.append((parameters_of(resource["resourceType"])["_source"].id, said))
    return values
