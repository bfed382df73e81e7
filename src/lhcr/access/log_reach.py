"""The reach of a permit to read the log: about whom, and what whose users did.

A person, and whoever acts for them, reads what everybody did with that one record. An office reads what the users and systems of
its own organisation did with any record: it answers for them, and for nobody else's. What it does at its own desk about one of its own is
closed to that one (`desk_entries`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from lhcr.access.decision import AccessDecision
from lhcr.access.desk_entries import DeskReader, desk_reader
from lhcr.access.request import UNKNOWN, Interaction
from lhcr.audit.entry import Entry, PendingEntry
from lhcr.audit.log_query import LogQuery
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.errors import Forbidden, Issue

_NOBODY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReach:
    """`person` None: about anybody; `organisation` None: by anybody. One of the two is always named. `desk` is a member of an office."""

    person: int | None
    organisation: str | None
    desk: DeskReader | None = None

    def holds(self, entry: Entry) -> bool:
        within = self.organisation in {None, entry.agent.organisation} and self.person in {None, entry.person}
        return within and not (self.desk and self.desk.is_closed(entry))

    def narrowed(self, query: LogQuery) -> LogQuery | None:
        """Return what may be looked for of what is asked; None where that is nothing."""
        if self.person == _NOBODY or query.organisation not in {None, self.organisation}:
            return None
        but = self.desk.is_closed if self.desk else None
        return replace(query, person=self.person, organisation=self.organisation, but=but)


def log_reach(decision: AccessDecision) -> LogReach:
    """Return which entries a decision reaches. Raises Forbidden for an office of no organisation, which answers for nobody."""
    if decision.request.interaction is not Interaction.AUDIT_READ:
        raise ValueError("the decision is not one on reading the log")
    asked = decision.request.person
    person = _NOBODY if asked is UNKNOWN else asked
    if decision.principal.kind is PrincipalKind.CITIZEN:
        return LogReach(person=_NOBODY if person is None else person, organisation=None)
    if not decision.principal.organisation:
        diagnostics = "The token names no organisation, and the log is shown to the office of the organisation whose users it is about."
        raise Forbidden([Issue(code="forbidden", error="role", diagnostics=diagnostics)])
    asker = decision.principal
    return LogReach(person=person, organisation=asker.organisation, desk=desk_reader(asker))


def disclosures(decision: AccessDecision, shown: Iterable[Entry], *, now: datetime) -> Iterator[PendingEntry]:
    """Yield what a page of the log owes everybody whom it is about, but for the person whom the decision itself names."""
    told = {entry.person for entry in shown if entry.person is not None} - {decision.request.person}
    for person in sorted(told):
        yield decision.entry.disclosure(person, recorded=now, items=())
