"""The sight of Patients: by the ids of which of a person's Patients an asker may name them.

Hazard guarded here: a sensitive item exposed by its mere existence. Whoever names somebody by the id of a Patient that they may not
see must be told what they would be if nobody had that id.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lhcr.access.access_class import ClassTable
from lhcr.access.agreements import Terms
from lhcr.access.case import Case
from lhcr.access.policy import DEMOGRAPHICS
from lhcr.access.request import PatientName
from lhcr.access.scope import Scopes
from lhcr.identity.principal import PrincipalKind
from lhcr.store.visibility import PatientNames


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientSight:
    """`person`: who is decided about, None for whoever any row is about; `patients`: the classes of their Patients by id, deleted ones too.

    `classes` are those that are seen, in rising order. What the asker's own source contributed, they know whatever has become of it.
    """

    person: int | None
    patients: Mapping[str, int]
    classes: Sequence[int]
    own_source: int | None
    own_only: bool
    table: ClassTable

    def names(self, id: str, *, person_id: int, chosen_by: int | None) -> bool:
        """Return whether the id of a Patient of somebody says whose it is.

        One by which a feed calls a Patient who never came says so where a plain Patient of that source would. An id of the server's
        that a source asks for over persons is judged by the row itself (`store/search/homes.py`).
        """
        if self.person is None:
            return not self.own_only or chosen_by in {None, self.own_source}
        class_id = self.patients.get(id) if person_id == self.person else None
        if class_id is None and chosen_by is not None and person_id == self.person:
            class_id = self.table.id_by_key.get((chosen_by, DEMOGRAPHICS, ()))
        return class_id is not None and (self._is_own(class_id) or self._is_seen(class_id))

    def _is_own(self, class_id: int) -> bool:
        one = self.table.by_id.get(class_id)
        return one is not None and one.source_id == self.own_source

    def _is_seen(self, class_id: int) -> bool:
        place = bisect_left(self.classes, class_id)
        return place < len(self.classes) and self.classes[place] == class_id


def names(sight: PatientNames, name: PatientName) -> bool:
    """Return whether the id of a Patient that somebody has says whose it is."""
    return isinstance(name.person, int) and sight.names(name.id, person_id=name.person, chosen_by=name.chosen_by)


def patient_sight(
    case: Case, patients: Mapping[str, int], *, scopes: Scopes, table: ClassTable, terms: Terms
) -> PatientSight:
    """Return the sight that a reader of the person has, whatever is asked: who changes something may name whom they read.

    Who may see of a person what they contributed alone, or nothing, may go on naming them by whatever no label, agreement or objection
    to a part hides: their own entries say that id. To a system, which reads nothing else, every other id is nobody's.
    """
    asked = case.request.person
    person = asked if isinstance(asked, int) and asked > 0 else None
    own_only = case.principal.kind is PrincipalKind.SYSTEM
    classes = scopes.of_patients(_of_parts(case), table=table, own_only=own_only, terms=terms) if person else ()
    own_source = table.source_by_ods.get(case.principal.organisation)
    return PatientSight(
        person=person, patients=patients, classes=classes, own_source=own_source, own_only=own_only, table=table
    )


def _of_parts(case: Case) -> Case:
    """Return a case without objections to the whole record: it is told that there is one."""
    if not any(each.is_to_whole for each in case.consents.objections):
        return case
    parts = tuple(each for each in case.consents.objections if not each.is_to_whole)
    return replace(case, consents=replace(case.consents, objections=parts))
