"""What is placed: drafts that one caller writes under one decision, each with its person and id."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from lhcr.access.decision import AccessDecision
from lhcr.audit.entry import Action, EntryDraft, Item, Outcome, PendingEntry
from lhcr.record.draft import Draft, Method

_DONE: Final[Mapping[Method, tuple[str, Action]]] = {
    Method.POST: ("create", Action.CREATE),
    Method.PUT: ("update", Action.UPDATE),
    Method.PATCH: ("patch", Action.UPDATE),
    Method.DELETE: ("delete", Action.DELETE),
}


@dataclass(slots=True)
class _Group:
    """What one entry tells: one interaction with what is about one person."""

    draft: EntryDraft
    items: list[Item] = field(default_factory=list)

    def complete(self, *, at: datetime, person_id: int | None) -> PendingEntry:
        types = {item.type for item in self.items} or {self.draft.type}
        entry = replace(self.draft, type=types.pop() if len(types) == 1 else "")
        return entry.complete(recorded=at, outcome=Outcome.SUCCESS, items=self.items, person_id=person_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """`others` are the decisions on persons whom the decision itself does not name.

    `decided` are those on each draft in turn, where one decision is not about all of them.
    """

    decision: AccessDecision
    others: Mapping[int, AccessDecision]
    drafts: Sequence[Draft]
    decided: Sequence[AccessDecision] = ()

    def entries(self, *, at: datetime) -> Iterator[PendingEntry]:
        """Yield one entry for each person and interaction that changes what is theirs, or what is about nobody.

        An interaction that changes nothing at all has one too. Hazard: a deletion that is in the log as something else is found
        by nobody who looks for it.
        """
        groups: dict[tuple[int | None, str], _Group] = {}
        idle: dict[str, EntryDraft] = {}
        for decision, draft in zip(self.decided or [self.decision] * len(self.drafts), self.drafts, strict=True):
            person_id = draft.person_id if draft.person_id is not None and draft.person_id > 0 else None
            about = self.others.get(person_id or 0)
            subtype, action = _interaction(decision, draft)
            if draft.is_nothing:
                if subtype not in idle:
                    idle[subtype] = _entry_of(decision, draft, subtype, action, about=about)
                continue
            group = groups.get((person_id, subtype))
            if group is None:
                # The first says it for all of them: an entry made anew for each costs more than all else here.
                group = groups[person_id, subtype] = _Group(_entry_of(decision, draft, subtype, action, about=about))
            group.items.append(Item(draft.type, draft.id or "", draft.version))
        changing = {subtype for _, subtype in groups}
        groups |= {(None, subtype): _Group(entry) for subtype, entry in idle.items() if subtype not in changing}
        for (person_id, _), group in (groups or {(None, ""): _Group(self.decision.entry)}).items():
            yield group.complete(at=at, person_id=person_id)


def _interaction(decision: AccessDecision, draft: Draft) -> tuple[str, Action]:
    """Return what a draft does; a decision on all types, as of a feed, says nothing of that."""
    if decision.request.type is not None:
        return decision.entry.subtype, decision.entry.action
    is_made = draft.method is not Method.DELETE and (not draft.replaces or draft.was_deleted)
    return _DONE[Method.POST if is_made else draft.method]


def _entry_of(
    decision: AccessDecision, draft: Draft, subtype: str, action: Action, *, about: AccessDecision | None
) -> EntryDraft:
    """Return the entry that a draft's own decision begins."""
    if about is not None and decision.request.person != about.request.person:
        return replace(about.entry, subtype=subtype, action=action, type=draft.type)
    if decision.request.type is None:
        return replace(decision.entry, subtype=subtype, action=action)
    return decision.entry


def failed_entries(decisions: Sequence[AccessDecision], *, at: datetime) -> list[PendingEntry]:
    """Return one entry for each interaction that was tried in vain."""
    tried = {each.entry.subtype: each.entry for each in reversed(decisions)}
    return [entry.complete(recorded=at, outcome=Outcome.FAILED) for entry in tried.values()]


def source_of(decision: AccessDecision) -> int:
    """Return the number of the source under which a decision lets its holder contribute. Raises TypeError where it does not."""
    if decision.source_id is None:
        raise TypeError("the decision permits no write")
    return decision.source_id
