"""Batch labels: which labels the entries of a batch get, each looked through once, however many others of the batch follow it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from lhcr.access.access_class import AccessClass
from lhcr.access.categories import joined_labels, labels_of
from lhcr.access.order import RESTRICTED_PROCESSING
from lhcr.access.policy import Policy
from lhcr.access.sensitivity_codes import SensitiveCodes, joint_labels
from lhcr.record.draft import Draft
from lhcr.record.followed import with_followed
from lhcr.record.persons import DIRECTORY

Known: TypeAlias = Callable[[AbstractSet[int]], Awaitable[Sequence[AccessClass]]]
"""Returns access classes by their numbers, also those that another worker made."""


class BatchLabels:
    """The labels of one batch, by the sensitive codes of one epoch. `bodies` are those of its drafts, by the draft's `id()`."""

    def __init__(
        self,
        *,
        codes: SensitiveCodes,
        policy: Policy,
        known: Known,
        bodies: Mapping[int, bytes | None],
        source_id: int = 0,
    ) -> None:
        self._source_id = source_id
        self._codes = codes
        self._policy = policy
        self._known = known
        self._bodies = bodies
        self._by_codes: dict[int, Collection[str]] = {}

    async def of(self, draft: Draft) -> tuple[str, ...]:
        """Return the labels of a draft and of everything that it follows, sorted.

        Hazard: an entry that is not to be processed is shown, because its source sent it after all of theirs was restricted.
        """
        labels = await self._of(draft)
        if self._codes.restricted and (draft.person_id, self._source_id) in self._codes.restricted:
            return tuple(sorted({*labels, RESTRICTED_PROCESSING}))
        return labels

    async def _of(self, draft: Draft) -> tuple[str, ...]:
        if not (draft.followed or draft.followed_classes):
            own = self._own(draft)
            return await self._restricted([draft], own) if draft.replaces else own
        drafts = with_followed(draft)
        return await self._restricted(drafts, await self._joint(draft, drafts))

    def _own(self, draft: Draft) -> tuple[str, ...]:
        own, given = labels_of(draft.resource or {}, policy=self._policy), self._given(draft)
        return joint_labels(own, given) if given else own

    async def _joint(self, draft: Draft, drafts: Sequence[Draft]) -> tuple[str, ...]:
        """Return what a draft and all that it follows say, and what sensitive codes say of them."""
        said = {label for each in drafts for label in labels_of(each.resource or {}, policy=self._policy)}
        followed = (label for each in drafts if each is not draft for label in self._said_by_codes(each))
        class_ids = {class_id for each in drafts for class_id in each.followed_classes}
        stored = await self._known(class_ids) if class_ids else ()
        return joined_labels(said, stored, policy=self._policy, of_sets={*self._given(draft), *followed})

    async def _restricted(self, drafts: Sequence[Draft], labels: tuple[str, ...]) -> tuple[str, ...]:
        """Return labels with that of a restriction of processing, where it is on what stood before or on what is followed.

        Hazard: an entry that is not to be processed is shown again by a new version of it, or told by its Provenance.
        """
        before = {each.class_id for each in drafts if each.replaces}
        before |= {class_id for each in drafts for class_id in each.followed_classes}
        stood = await self._known(before) if before else ()
        if any(RESTRICTED_PROCESSING in each.labels for each in stood):
            return tuple(sorted({*labels, RESTRICTED_PROCESSING}))
        return labels

    def _given(self, draft: Draft) -> Collection[str]:
        """Return what sensitive codes say of a draft; the directory is about nobody, and nothing of it is hidden for a code."""
        return () if draft.person_id == DIRECTORY else self._said_by_codes(draft)

    def _said_by_codes(self, draft: Draft) -> Collection[str]:
        """Hazard: a sensitive item exposed by what follows it. It is looked through in whichever order the batch is written."""
        if not self._codes or draft.resource is None:
            return ()
        found = self._by_codes.get(id(draft))
        if found is None:
            body = self._bodies.get(id(draft))
            may = body is None or self._codes.may_lie_in(body)
            found = self._by_codes[id(draft)] = self._codes.labels_of(draft.resource) if may else ()
        return found
