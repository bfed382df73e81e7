"""Hazard: a sensitive item exposed by its mere existence. By which ids of Patients somebody may name a person."""

from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from lhcr.access.access_class import AccessClass, ClassTable
from lhcr.access.patient_sight import PatientSight, names
from lhcr.access.request import UNKNOWN, PatientName

OWN, OTHER, THIRD = 1, 2, 3
#: One plain class of Patients of each source, and one that is labelled.
CLASSES = tuple(
    AccessClass(class_id=10 * source + bool(labels), source_id=source, category="demographics", labels=labels)
    for source in (OWN, OTHER, THIRD)
    for labels in ((), ("a|HIV",))
)
TABLE = ClassTable(
    epoch=1,
    classes=CLASSES,
    source_by_ods=MappingProxyType({}),
    id_by_key=MappingProxyType({(each.source_id, each.category, each.labels): each.class_id for each in CLASSES}),
)
PERSON = 7
_CLASS = st.sampled_from([each.class_id for each in CLASSES])


def sight(
    patients: dict[str, int], seen: set[int], *, person: int | None = PERSON, own_only: bool = False
) -> PatientSight:
    return PatientSight(
        person=person, patients=patients, classes=sorted(seen), own_source=OWN, own_only=own_only, table=TABLE
    )


@given(
    patients=st.dictionaries(st.sampled_from("abc"), _CLASS),
    seen=st.sets(_CLASS),
    asked=st.sampled_from("abcd"),
    chosen_by=st.sampled_from([None, OWN, OTHER, THIRD]),
)
def test_an_id_names_somebody_where_its_patient_is_seen_or_the_own_organisation_s(
    patients: dict[str, int], seen: set[int], asked: str, chosen_by: int | None
) -> None:
    class_id = patients.get(asked, None if chosen_by is None else 10 * chosen_by)
    expected = class_id is not None and (class_id in seen or class_id // 10 == OWN)
    assert sight(patients, seen).names(asked, person_id=PERSON, chosen_by=chosen_by) is expected


def test_nobody_else_is_named_by_a_sight_of_one_person() -> None:
    everything = {each.class_id for each in CLASSES}
    assert not sight({"a": 20}, everything).names("a", person_id=PERSON + 1, chosen_by=OTHER)


def test_a_class_that_is_not_known_yet_names_nobody() -> None:
    """Hazard: a label that a worker has not heard of, taken for none."""
    assert not sight({"a": 99}, {10, 20}).names("a", person_id=PERSON, chosen_by=OTHER)


def test_over_persons_a_source_names_whom_it_chose_an_id_for_and_the_rows_judge_the_server_s() -> None:
    system = sight({}, set(), person=None, own_only=True)
    assert [system.names("a", person_id=1, chosen_by=each) for each in (OWN, OTHER, None)] == [True, False, True]


def test_a_name_that_leads_nowhere_names_nobody() -> None:
    assert not names(sight({"a": 10}, {10}), PatientName(id="a", person=UNKNOWN))
