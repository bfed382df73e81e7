"""What is placed: drafts that one caller writes under one decision, each with its person and id."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lhcr.access.decision import AccessDecision
from lhcr.audit.entry import Item, Outcome, PendingEntry
from lhcr.record.draft import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """`others` are the decisions on persons whom the decision itself does not name."""

    decision: AccessDecision
    others: Mapping[int, AccessDecision]
    drafts: Sequence[Draft]

    def entries(self, *, at: datetime) -> Iterator[PendingEntry]:
        """Yield one entry for each person whose record changes, and one for what is about nobody or changes nothing."""
        by_person: dict[int | None, list[Item]] = {}
        for draft in self.drafts:
            if draft.is_nothing:
                continue
            person_id = draft.person_id if draft.person_id is not None and draft.person_id > 0 else None
            item = Item(type=draft.type, id=draft.id or "", version=draft.version)
            by_person.setdefault(person_id, []).append(item)
        for person_id, items in (by_person or {None: []}).items():
            decided = self.others.get(person_id or 0, self.decision)
            yield decided.entry.complete(recorded=at, outcome=Outcome.SUCCESS, items=items, person_id=person_id)


def source_of(decision: AccessDecision) -> int:
    """Return the number of the source under which a decision lets its holder contribute. Raises TypeError where it does not."""
    if decision.source_id is None:
        raise TypeError("the decision permits no write")
    return decision.source_id
