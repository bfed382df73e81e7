"""The scope of a permit: whose rows, and which of them, each shape compiled once for as long as the classes stand."""

from dataclasses import replace
from itertools import product
from types import MappingProxyType

import pytest
from tests.access.rules.asked import BUCKET, CAST, DIRECTORY, IN_FORCE, POLICY, asked

from lhcr.access.access_class import AccessClass, ClassTable
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction
from lhcr.access.scope import Scopes, persons, restricted_to_own
from lhcr.identity.principal import Principal

OWN, OTHER = 10, 20
SENSITIVE = ("http://terminology.hl7.org/CodeSystem/v3-ActCode|HIV",)
CATEGORIES = ("demographics", "product", "observation", "allergy", "encounter", "directory")
CLASSES = tuple(
    AccessClass(class_id=number, source_id=source, category=category, labels=labels)
    for number, (source, category, labels) in enumerate(product((OWN, OTHER), CATEGORIES, ((), SENSITIVE)), start=1)
)
TABLE = ClassTable(
    epoch=1,
    classes=CLASSES[::-1],
    source_by_ods=MappingProxyType({"A81001": OWN, "RRE": OTHER}),
    id_by_key=MappingProxyType({}),
)
TIED = {"registration": IN_FORCE}


def seen(
    asker: Principal, interaction: Interaction, type_: str | None, *, person: AskedPerson = 7, own_only: bool = False
) -> set[tuple[int, str, bool]]:
    """What a permit reaches: source, category and whether it is sensitive."""
    case = asked(asker, interaction, type_, person=person, ties=TIED)
    found = Scopes(POLICY).classes(case, table=TABLE, own_only=own_only)
    assert list(found) == sorted(set(found))
    return {(one.source_id, one.category, bool(one.labels)) for one in CLASSES if one.class_id in found}


def test_a_role_sees_what_it_covers_of_everybody_and_sensitive_entries_of_its_own_organisation_alone() -> None:
    covered = ("demographics", "product", "observation", "allergy")
    expected = {(source, category, False) for source in (OWN, OTHER) for category in (*covered, "directory")}
    expected |= {(OWN, category, True) for category in covered}
    assert seen(CAST.gp, Interaction.EVERYTHING, None) == expected


def test_a_permit_for_own_contributions_reaches_no_other_source_but_the_open_directory() -> None:
    found = seen(CAST.gp, Interaction.EVERYTHING, None, own_only=True)
    assert {each for each in found if each[0] == OTHER} == {(OTHER, "directory", False)}


def test_a_receptionists_permit_reaches_demographics_and_the_directory_alone() -> None:
    found = seen(CAST.receptionist, Interaction.EVERYTHING, None)
    assert {category for _, category, _ in found} == {"demographics", "directory"}


def test_hazard_a_hop_from_what_is_about_nobody_leads_to_nobody() -> None:
    """Hazard: an organisation or a medicine, which anybody may read, opens what refers to it."""
    organisation = seen(CAST.gp, Interaction.SEARCH, "Organization", person=DIRECTORY)
    assert {category for _, category, _ in organisation} == {"directory"}
    product_found = seen(CAST.gp, Interaction.SEARCH, "Medication", person=None)
    assert {category for _, category, _ in product_found} == {"product", "directory"}


def test_hazard_an_app_that_was_granted_one_type_reads_no_other_through_a_hop() -> None:
    app = replace(CAST.gp, scopes=("user/AllergyIntolerance.rs",))
    assert {category for _, category, _ in seen(app, Interaction.SEARCH, "AllergyIntolerance")} == {
        "allergy",
        "directory",
    }


@pytest.mark.parametrize(("asker", "shown"), [(CAST.gp, True), (CAST.citizen, False)])
def test_hazard_what_is_not_to_be_told_to_the_person_is_hidden_from_citizens_alone(
    asker: Principal,
    *,
    shown: bool,
) -> None:
    untold = AccessClass(
        class_id=99,
        source_id=OTHER,
        category="allergy",
        labels=("http://terminology.hl7.org/CodeSystem/v3-ActCode|NOPAT",),
    )
    table = replace(TABLE, classes=(*CLASSES, untold))
    for ties in ({**TIED, "self": IN_FORCE}, {**TIED, "proxy": IN_FORCE}):
        case = asked(asker, Interaction.EVERYTHING, None, person=7, ties=ties)
        assert (99 in Scopes(POLICY).classes(case, table=table, own_only=False)) is shown
        assert 99 not in Scopes(POLICY).classes(case, table=table, own_only=True)


def test_a_trace_shows_demographics_whatever_the_role_covers() -> None:
    assert {category for _, category, _ in seen(CAST.gp, Interaction.TRACE, None, person=None)} == {
        "demographics",
        "directory",
    }


@pytest.mark.parametrize("type_", [None, "AuditEvent", "Observation", "Organization"])
@pytest.mark.parametrize("asker", [CAST.gp, CAST.citizen, CAST.system, CAST.office])
def test_hazard_a_permit_to_read_the_log_opens_no_row_of_the_record(asker: Principal, type_: str | None) -> None:
    """Hazard: a sensitive item exposed by the right to see who looked."""
    assert {category for _, category, _ in seen(asker, Interaction.AUDIT_READ, type_)} <= {"directory"}


def test_an_organisation_that_contributed_nothing_yet_has_no_classes_of_its_own() -> None:
    """Hazard: a source without a number must not be taken for one of those without an asker."""
    stranger = replace(CAST.gp, organisation="NEW")
    found = seen(stranger, Interaction.EVERYTHING, None)
    assert not [each for each in found if each[2]]
    assert seen(stranger, Interaction.EVERYTHING, None, own_only=True) == {
        (OWN, "directory", False),
        (OTHER, "directory", False),
    }


def test_hazard_partial_shown_as_complete_a_class_that_is_new_is_reached_once_the_table_is() -> None:
    scopes, case = Scopes(POLICY), asked(CAST.gp, Interaction.EVERYTHING, None, ties=TIED)
    before = scopes.classes(case, table=TABLE, own_only=False)
    new = AccessClass(class_id=99, source_id=OTHER, category="allergy", labels=())
    grown = replace(TABLE, epoch=2, classes=(*CLASSES, new))
    assert scopes.classes(case, table=TABLE, own_only=False) is before
    assert scopes.classes(case, table=grown, own_only=False) == (*before, 99)


def test_shapes_that_are_remembered_are_not_taken_for_one_another() -> None:
    """Hazard: a receptionist answered with the doctor's classes."""
    scopes = Scopes(POLICY)
    askers = (CAST.gp, CAST.receptionist, CAST.citizen, CAST.system, replace(CAST.gp, organisation="RRE"))
    for _ in range(2):
        for asker, own_only in product(askers, (True, False)):
            case = asked(asker, Interaction.EVERYTHING, None, ties=TIED)
            alone = Scopes(POLICY).classes(case, table=TABLE, own_only=own_only)
            assert scopes.classes(case, table=TABLE, own_only=own_only) == alone


@pytest.mark.parametrize("interaction", Interaction)
def test_what_may_be_changed_and_what_a_system_sees_is_its_own(interaction: Interaction) -> None:
    changes = interaction in {Interaction.UPDATE, Interaction.PATCH, Interaction.DELETE}
    assert restricted_to_own(asked(CAST.system, interaction), own_only=False)
    assert restricted_to_own(asked(CAST.gp, interaction), own_only=False) == changes
    assert restricted_to_own(asked(CAST.gp, interaction), own_only=True)


@pytest.mark.parametrize(
    ("asker", "interaction", "type_", "person", "own_only", "reached"),
    [
        (CAST.gp, Interaction.READ, "Observation", 7, False, (7,)),
        (CAST.gp, Interaction.READ, "Observation", UNKNOWN, False, ()),
        (CAST.gp, Interaction.READ, "Binary", BUCKET, True, (BUCKET,)),
        (CAST.gp, Interaction.SEARCH, "Organization", DIRECTORY, False, ()),
        (CAST.gp, Interaction.SEARCH, "Medication", None, False, None),
        (CAST.gp, Interaction.CREATE, "Patient", None, True, None),
        (CAST.gp, Interaction.CREATE, "Patient", None, False, ()),
        (CAST.gp, Interaction.CREATE, "Observation", UNKNOWN, True, ()),
        (CAST.gp, Interaction.TRACE, None, None, False, None),
        (CAST.citizen, Interaction.EVERYTHING, None, 7, False, (7,)),
        (CAST.system, Interaction.SEARCH, "Observation", None, True, None),
        (CAST.system, Interaction.SEARCH, "Observation", UNKNOWN, True, ()),
        (CAST.system, Interaction.CREATE, "Observation", UNKNOWN, True, None),
        (CAST.system, Interaction.READ, "Observation", 7, True, (7,)),
    ],
)
def test_hazard_wrong_person_a_permit_reaches_whom_it_names_and_everybody_only_where_it_is_said(
    asker: Principal,
    interaction: Interaction,
    type_: str | None,
    person: AskedPerson,
    own_only: bool,  # noqa: FBT001
    reached: tuple[int, ...] | None,
) -> None:
    assert persons(asked(asker, interaction, type_, person=person), own_only=own_only) == reached
