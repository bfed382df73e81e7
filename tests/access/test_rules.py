"""What holds of every permit, over all askers, interactions, types, persons and ties: pure, without a database."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from lhcr.access.access_class import AccessClass, ClassTable
from lhcr.access.case import Case
from lhcr.access.decide import RULES
from lhcr.access.fold import fold, judge_all
from lhcr.access.places import places_of
from lhcr.access.policy import Policy, baseline_policy
from lhcr.access.relationship import Tie
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction, Request
from lhcr.access.scope import Scopes, persons, restricted_to_own
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.store.visibility import Places

LATER = datetime(2027, 1, 1, tzinfo=UTC)
RESTRICTED = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|R"
OWN, OTHER = 1, 2
TYPES = (None, "Patient", "Observation", "Condition", "Medication", "Organization", "Binary", "Basic", "AuditEvent")
PERSONS: tuple[AskedPerson, ...] = (None, UNKNOWN, 7, -3, 0)
TIES = ("registration", "contribution", "self", "proxy", "no-such-kind")


def table_of(policy: Policy) -> ClassTable:
    keys = itertools.product((OWN, OTHER), [*policy.file.category_of_type, "other"], ((), (RESTRICTED,)))
    classes = tuple(
        AccessClass(class_id=number, source_id=source, category=category, labels=labels)
        for number, (source, category, labels) in enumerate(keys, start=1)
    )
    by_ods = MappingProxyType({"A81001": OWN, "RRE": OTHER})
    return ClassTable(epoch=1, classes=classes, source_by_ods=by_ods, id_by_key=MappingProxyType({}))


@dataclass(frozen=True)
class Permit:
    """One permit with all that led to it."""

    case: Case
    own_only: bool
    persons: tuple[int, ...] | None
    classes: tuple[AccessClass, ...]
    places: Places

    @property
    def principal(self) -> Principal:
        return self.case.principal

    @property
    def of_people(self) -> tuple[AccessClass, ...]:
        return tuple(one for one in self.classes if one.category not in {"directory", "product"})


def cases(cast: Any, policy: Policy) -> Iterator[Case]:
    """Yield every case. Ties are given only where a person who is here is named, as the gate does."""
    for principal, interaction, type_, person in itertools.product(cast.everyone, Interaction, TYPES, PERSONS):
        party = principal.organisation or "nhs-number|9990000018"
        ties = [(), *(((kind, until),) for kind in TIES for until in (None, LATER))] if person == 7 else [()]
        for some, restricted in itertools.product(ties, (False, True) if person == 7 else (False,)):
            yield Case(
                principal=principal,
                request=Request(interaction=interaction, type=type_, person=person),
                policy=policy,
                ties=tuple(Tie(party=party, kind=kind, until=until) for kind, until in some),
                restricted=restricted,
            )


@pytest.fixture
def permits(cast: Any) -> list[Permit]:
    policy = baseline_policy()
    table, scopes, found = table_of(policy), Scopes(policy), []
    by_id = {one.class_id: one for one in table.classes}
    for case in cases(cast, policy):
        outcome = fold(judge_all(case, RULES))
        if outcome.permitted:
            own_only = restricted_to_own(case, own_only=outcome.own_only)
            classes = tuple(by_id[number] for number in scopes.classes(case, table=table, own_only=own_only))
            places = places_of(case, own_only=own_only)
            found.append(Permit(case, own_only, persons(case, own_only=own_only), classes, places))
    assert len(found) > 200
    return found


def is_self(permit: Permit) -> bool:
    return any(tie.kind == "self" and tie.until is not None for tie in permit.case.ties)


def test_hazard_sensitive_item_exposed_nobody_sees_anothers_restricted_rows(permits: list[Permit]) -> None:
    """But demographics, which are shown without places, or to the person themself."""
    for permit in permits:
        others = [one for one in permit.classes if one.labels and one.source_id != OWN]
        assert {one.category for one in others} <= {"demographics"}
        assert not others or permit.places is not Places.SHOWN or is_self(permit)


def test_hazard_address_exposed_a_restricted_persons_places_are_shown_to_themself_and_to_own_contributors_alone(
    permits: list[Permit],
) -> None:
    of_restricted = [permit for permit in permits if permit.case.restricted]
    assert {permit.places for permit in of_restricted} == {Places.SHOWN, Places.WITHHELD}
    for permit in of_restricted:
        assert permit.places is Places.WITHHELD or permit.own_only or is_self(permit)
        if permit.own_only:
            assert all(one.source_id == OWN for one in permit.of_people)


def test_hazard_address_exposed_whoever_asks_about_nobody_is_asked_about_each(permits: list[Permit]) -> None:
    for permit in permits:
        if permit.persons is None and not permit.own_only:
            assert permit.places is Places.ASKED


def test_nobody_reaches_everybodys_rows_but_own_contributions_traces_and_products(permits: list[Permit]) -> None:
    across = [permit for permit in permits if permit.persons is None]
    assert across
    for permit in across:
        if permit.principal.kind is PrincipalKind.SYSTEM or permit.case.request.interaction.writes:
            assert all(one.source_id == OWN for one in permit.of_people)
        elif permit.case.request.interaction is Interaction.TRACE:
            assert {one.category for one in permit.of_people} == {"demographics"}
        else:
            assert permit.of_people == ()


def test_hazard_wrong_person_a_permit_reaches_nobody_but_whom_it_names(permits: list[Permit]) -> None:
    for permit in permits:
        if permit.persons is not None:
            asked = permit.case.request.person
            assert set(permit.persons) <= {asked} - {None, 0}


def test_another_sources_rows_about_a_person_need_a_tie_in_force(permits: list[Permit]) -> None:
    for permit in permits:
        others = [one for one in permit.of_people if one.source_id == OTHER]
        if others and permit.case.request.interaction not in {Interaction.TRACE, Interaction.AUDIT_READ}:
            assert any(tie.until is not None for tie in permit.case.ties)
            assert all(tie.kind != "no-such-kind" for tie in permit.case.ties)


def test_a_system_sees_its_own_organisations_rows_alone_whichever_rule_let_it_in(permits: list[Permit]) -> None:
    of_systems = [permit for permit in permits if permit.principal.kind is PrincipalKind.SYSTEM]
    assert of_systems
    for permit in of_systems:
        assert permit.own_only
        assert all(one.source_id == OWN or one.category == "directory" for one in permit.classes)


def test_what_may_be_changed_is_own(permits: list[Permit]) -> None:
    for permit in permits:
        if permit.case.request.interaction in {Interaction.UPDATE, Interaction.PATCH, Interaction.DELETE}:
            assert all(one.source_id == OWN or one.category == "directory" for one in permit.classes)


def test_operators_and_people_without_clinical_activities_see_nothing_clinical(
    permits: list[Permit], cast: Any
) -> None:
    for permit in permits:
        if permit.principal in {cast.operator, cast.receptionist, cast.office}:
            assert {one.category for one in permit.of_people} <= {"demographics"}
        if permit.principal is cast.operator:
            assert permit.of_people == ()


def test_citizens_offices_operators_and_students_write_nothing(permits: list[Permit], cast: Any) -> None:
    silent = {cast.citizen, cast.office, cast.operator, cast.student}
    assert not [each for each in permits if each.principal in silent and each.case.request.interaction.writes]


def test_a_receptionist_writes_demographics_and_nothing_else(permits: list[Permit], cast: Any) -> None:
    written = {
        permit.case.request.type
        for permit in permits
        if permit.principal is cast.receptionist and permit.case.request.interaction.writes
    }
    assert written == {"Patient"}


def test_professionals_never_read_people_without_naming_one(permits: list[Permit]) -> None:
    for permit in permits:
        request = permit.case.request
        if permit.principal.kind is PrincipalKind.PROFESSIONAL and not request.interaction.writes:
            unnamed = request.person in {None, 0} and request.interaction is not Interaction.TRACE
            assert not unnamed or request.type in {"Medication", "Organization"}


def test_a_person_who_is_not_here_is_never_permitted_to_people(permits: list[Permit]) -> None:
    """What a stranger's record would answer, a person who is not here answers; a system finds nothing under either."""
    for permit in permits:
        request = permit.case.request
        if request.person is UNKNOWN and request.type not in {"Medication", "Organization"}:
            assert permit.principal.kind is PrincipalKind.SYSTEM or request.interaction in {
                Interaction.TRACE,
                Interaction.AUDIT_READ,
                Interaction.ORDER,
            }
            of_feed = permit.principal.kind is PrincipalKind.SYSTEM and request.interaction.writes
            assert permit.persons == (None if of_feed else ())
