"""What is wrong, refuted, not given or over is never shown as a present fact."""

from collections.abc import Callable

import pytest

from lhcr.kernel.json_types import JsonObject
from lhcr.views.entry import Entry
from lhcr.views.record_view import RecordView
from lhcr.views.state import State, Status, read_status

MakeEntry = Callable[..., Entry]
View = Callable[..., RecordView]


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "entered-in-error"},
        {
            "verificationStatus": {"coding": [{"code": "entered-in-error"}]},
            "clinicalStatus": {"coding": [{"code": "active"}]},
        },
        {"status": "current", "docStatus": "entered-in-error"},
    ],
)
def test_an_entry_made_in_error_is_counted_and_not_shown(
    view: View, entry: MakeEntry, elements: dict[str, object]
) -> None:
    """Hazard: an error shown as a fact, or removed without a word."""
    record = view(entry("Condition", code={"text": "Asthma"}, **elements))
    section = record.section("problems")
    assert section is not None
    assert section.rows == ()
    assert section.removed == 1
    assert record.removed == 1


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        ({"resourceType": "Immunization", "status": "not-done"}, "Not given"),
        ({"resourceType": "Procedure", "status": "not-done"}, "Not done"),
        ({"resourceType": "MedicationStatement", "status": "not-taken"}, "Not taking"),
        ({"resourceType": "MedicationRequest", "status": "active", "doNotPerform": True}, "Do not give"),
        ({"resourceType": "Condition", "verificationStatus": {"coding": [{"code": "refuted"}]}}, "Ruled out"),
        ({"resourceType": "Appointment", "status": "noshow"}, "Did not attend"),
    ],
)
def test_a_negated_entry_says_so(resource: dict[str, object], words: str) -> None:
    status = read_status(resource)
    assert status.state is State.NEGATED
    assert status.words == words


def test_refuted_wins_over_an_active_status() -> None:
    resource = {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "verificationStatus": {"coding": [{"code": "refuted"}]},
    }
    assert read_status(resource).state is State.NEGATED


def test_a_condition_whose_status_nobody_stated_is_neither_active_nor_past() -> None:
    assert read_status({"resourceType": "Condition"}).state is State.UNKNOWN
    assert read_status({"resourceType": "Condition", "abatementDateTime": "2020"}).state is State.PAST


def test_an_unconfirmed_allergy_is_active_and_says_unconfirmed() -> None:
    resource = {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "verificationStatus": {"coding": [{"code": "unconfirmed"}]},
    }
    assert read_status(resource).words == "Active, unconfirmed"


def test_a_status_that_is_not_known_here_is_shown_as_it_is() -> None:
    status = read_status({"resourceType": "Task", "status": "ready-for-pickup"})
    assert status.state is State.UNKNOWN
    assert status.words == "Ready for pickup"


def test_an_active_entry_whose_end_has_passed_says_so(view: View, entry: MakeEntry) -> None:
    record = view(entry("CarePlan", status="active", title="Plan", period={"end": "2025-01-01"}))
    section = record.section("care-and-support-plan")
    assert section is not None
    assert section.rows[0].marks[0].words == "Its end date, 1 January 2025, has passed"


def test_a_qualifier_that_is_not_understood_here_is_pointed_at(view: View, entry: MakeEntry) -> None:
    """Hazard: a modifier extension may turn an entry's meaning round."""
    record = view(entry("Flag", status="active", code={"text": "X"}, modifierExtension=[{"url": "urn:x"}]))
    section = record.section("alerts")
    assert section is not None
    assert section.rows[0].marks[0].kind == "qualifier"


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [
        ("active", State.NEGATED, "Do not give"),
        ("unknown", State.NEGATED, "Do not give"),
        ("on-hold", State.NEGATED, "Do not give"),
        ("draft", State.NEGATED, "Do not give, draft"),
        ("stopped", State.PAST, "No longer in force: do not give"),
        ("cancelled", State.PAST, "No longer in force: do not give"),
        ("completed", State.PAST, "No longer in force: do not give"),
        ("entered-in-error", State.REMOVED, "Entered in error"),
    ],
)
def test_hazard_do_not_perform_is_never_lost_and_says_whether_it_still_holds(
    status: str, state: State, words: str
) -> None:
    found = read_status({"resourceType": "MedicationRequest", "status": status, "doNotPerform": True})
    assert (found.state, found.words) == (state, words)
    assert read_status({"resourceType": "ServiceRequest", "status": "active", "doNotPerform": True}).words == (
        "Do not perform"
    )


@pytest.mark.parametrize("intent", ["proposal", "option"])
def test_hazard_what_was_only_proposed_is_not_shown_as_ordered(intent: str) -> None:
    request = {"resourceType": "MedicationRequest", "status": "active", "intent": intent}
    assert (read_status(request).state, read_status(request).words) == (State.PLANNED, "Proposed, not ordered")
    assert read_status(request | {"status": "stopped"}).state is State.PAST


@pytest.mark.parametrize("intent", ["order", "plan", "instance-order"])
def test_what_was_ordered_is_current(intent: str) -> None:
    """In England the authorisation of a repeat prescription is a plan."""
    request = {"resourceType": "MedicationRequest", "status": "active", "intent": intent}
    assert read_status(request).words == "Active"


def test_a_subpotent_vaccine_is_not_shown_as_given_like_any_other() -> None:
    vaccine = {"resourceType": "Immunization", "status": "completed", "isSubpotent": True}
    assert read_status(vaccine).words == "Subpotent: may not count as a dose"
    assert read_status(vaccine | {"isSubpotent": False}).words == ""


CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"


def allergy(clinical: list[tuple[str, str]], verification: list[tuple[str, str]]) -> JsonObject:
    """An allergy with the codings of its two statuses, each a system and a code."""
    coded = {
        name: {"coding": [{"system": system, "code": code} for system, code in codings]}
        for name, codings in (("clinicalStatus", clinical), ("verificationStatus", verification))
        if codings
    }
    return {"resourceType": "AllergyIntolerance", **coded}


@pytest.mark.parametrize(
    ("clinical", "verification", "status"),
    [
        (
            [(CLINICAL, "active")],
            [("urn:local", "refuted"), (VERIFICATION, "confirmed")],
            Status(State.CURRENT, "Active"),
        ),
        ([(CLINICAL, "active")], [("urn:local", "refuted")], Status(State.CURRENT, "Active, refuted")),
        ([("urn:local", "inactive"), (CLINICAL, "active")], [], Status(State.CURRENT, "Active")),
        ([("urn:local", "inactive")], [], Status(State.UNKNOWN, "Inactive")),
        ([("http://hl7.org/fhir/allergy-clinical-status|3.0", "inactive")], [], Status(State.PAST, "Inactive")),
        (
            [(CLINICAL, "active")],
            [("https://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "refuted")],
            Status(State.NEGATED, "Ruled out"),
        ),
        ([(CLINICAL, "active")], [(VERIFICATION, "refuted"), ("", "confirmed")], Status(State.NEGATED, "Ruled out")),
    ],
)
def test_hazard_allergy_dropped_a_code_of_a_senders_own_system_is_none_of_fhir(
    clinical: list[tuple[str, str]], verification: list[tuple[str, str]], status: Status
) -> None:
    assert read_status(allergy(clinical, verification)) == status
