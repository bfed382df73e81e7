"""Notice: whether somebody is told that entries of a person's record are hidden from them, and nothing more than that.

Hazards guarded here: partial shown as complete, where a clinician cannot know that there is something to ask for; and a sensitive
item exposed, by a marker that comes and goes. So it is the same for every question about one person: it follows from the asker's
role, the classes of the person's entries and why they are hidden, never from type, code, date or scopes that are asked with.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from lhcr.access.access_class import AccessClass, ClassTable
from lhcr.access.agreed import may_be_narrowed, without_unshared
from lhcr.access.agreements import Terms
from lhcr.access.case import Case
from lhcr.access.consent import Objection
from lhcr.access.consent_scope import SHARING_CHOICE
from lhcr.access.consented import hiding
from lhcr.access.coverage import readable_categories
from lhcr.access.facts import Presence
from lhcr.access.notice_policy import PERSON, PROFESSIONAL, PROXY, HiddenBy
from lhcr.access.order import RESTRICTED_PROCESSING
from lhcr.access.policy import Policy
from lhcr.access.relationship import SELF
from lhcr.access.request import UNKNOWN, Interaction, Request
from lhcr.access.security_label import REDACTED, canonical_label
from lhcr.access.sensitivity_codes import is_label_of_set
from lhcr.identity.principal import Principal, PrincipalKind

_ASKERS: Final = {PrincipalKind.PROFESSIONAL: (PROFESSIONAL,), PrincipalKind.CITIZEN: (PERSON, PROXY)}
#: What answers with more than one entry, and so can be taken for all that there is.
_ANSWERED_IN_LISTS: Final = frozenset({Interaction.SEARCH, Interaction.EVERYTHING})


@dataclass(frozen=True, slots=True)
class Notice:
    """`given`: something is hidden and the asker is told so. `categories`: of which kinds, where policy lets even that be told."""

    given: bool = False
    categories: frozenset[str] = frozenset()


NO_NOTICE: Final = Notice()


def presence_asked(principal: Principal, request: Request, *, policy: Policy) -> Presence:
    """Return whether a decision has to know which classes of entry a person has: not where nobody would be told anything."""
    person = request.person
    if request.interaction not in _ANSWERED_IN_LISTS or person is UNKNOWN or person is None or person <= 0:
        return Presence.NOT_ASKED
    told = policy.told_of((*_ASKERS.get(principal.kind, ()), principal.role_code))
    if not told or principal.kind not in _ASKERS:
        return Presence.NOT_ASKED
    return Presence.WHERE_OBJECTED if told == {HiddenBy.OBJECTION} else Presence.ASKED


def told_of_sensitive(principal: Principal, *, policy: Policy) -> bool:
    """Return whether somebody may be told that sensitive entries are hidden from them."""
    askers = (*_ASKERS.get(principal.kind, ()), principal.role_code)
    return not policy.told_of(askers).isdisjoint({HiddenBy.LABEL, HiddenBy.VALUE_SET})


def notice_of(
    case: Case, *, own_only: bool, table: ClassTable, terms: Terms, present: Collection[int] | None
) -> Notice:
    """Return what a permitted asker is told of what is hidden from them.

    `own_only`: nothing but what their organisation contributed is permitted by any rule, so that no reason that is told of hides
    the rest. `terms`: what agreements say to the asker now. `present`: the classes of the person's entries, None where it was not asked.
    """
    if not present or own_only or case.of_directory or case.of_products:
        return NO_NOTICE
    askers = _askers(case)
    told = case.policy.told_of(askers)
    why = _Why(case, table, terms)
    found = frozenset(
        one.category
        for class_id in present
        if (one := table.by_id.get(class_id)) is not None and (reasons := why.hidden(one)) and reasons <= told
    )
    return Notice(bool(found), found if case.policy.file.notice.tells_kinds_to(askers) else frozenset())


def _askers(case: Case) -> tuple[str, ...]:
    """Hazard: a proxy who is told what the person is. Whoever opens a record that is not their own is one."""
    if case.principal.kind is not PrincipalKind.CITIZEN:
        return (*_ASKERS.get(case.principal.kind, ()), case.principal.role_code)
    own = any(tie.kind == SELF and tie.until is not None for tie in case.ties)
    return (PERSON,) if own else (PROXY,)


class _Why:
    """Why entries are hidden from the asker of one case who would see them otherwise."""

    def __init__(self, case: Case, table: ClassTable, terms: Terms) -> None:
        self._case, self._table, self._terms = case, table, terms
        self._policy, self._asker = case.policy, case.principal
        self._readable = readable_categories(case.principal, policy=case.policy) & case.policy.categories_of_care
        self._objections: tuple[Objection, ...] = hiding(case)
        self._is_citizen = case.principal.kind is PrincipalKind.CITIZEN

    def hidden(self, one: AccessClass) -> frozenset[HiddenBy]:
        """Return every reason for which a class is hidden, none where one of them is never told or nothing that is told hides it."""
        ods = self._table.ods_of(one.class_id)
        own = bool(self._asker.organisation) and ods == self._asker.organisation
        if own or one.category not in self._readable or self._is_never_told(one):
            return frozenset()
        return frozenset(self._reasons(one, ods))

    def _reasons(self, one: AccessClass, ods: str) -> Iterator[HiddenBy]:
        if any(each.hides(ods, one.category) for each in self._objections):
            yield HiddenBy.OBJECTION
        if one.category in self._policy.sensitive_categories:
            yield HiddenBy.LABEL
        for label in one.labels:
            if canonical_label(label) in self._hiding_labels:
                yield HiddenBy.VALUE_SET if is_label_of_set(label) else HiddenBy.LABEL
        if may_be_narrowed(self._asker, self._terms, policy=self._policy) and not self._is_shared(one):
            yield HiddenBy.AGREEMENT

    @property
    def _hiding_labels(self) -> frozenset[str]:
        return self._policy.hiding_labels if self._is_citizen else self._policy.sensitive_labels

    def _is_shared(self, one: AccessClass) -> bool:
        own = self._asker.organisation
        return bool(without_unshared(self._terms, (one.class_id,), table=self._table, own=own, policy=self._policy))

    def _is_never_told(self, one: AccessClass) -> bool:
        """What orders and PDS hide is never told, nor is what tells what the person objects to: telling would show what it hides."""
        labels = {REDACTED, RESTRICTED_PROCESSING, SHARING_CHOICE} | self._policy.labels_never_told
        return not labels.isdisjoint(map(canonical_label, one.labels))
