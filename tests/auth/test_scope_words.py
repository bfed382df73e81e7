"""Scopes in plain words."""

from lhcr.auth.scope_words import scope_words


def test_each_scope_is_said_so_that_somebody_can_decide() -> None:
    assert scope_words(["user/Observation.rs", "patient/*.cruds", "user/Patient.r"]) == [
        "Read and search: Measurement or finding",
        "Read, search, add, change and remove: every kind of entry",
        "Read: Person details",
    ]


def test_a_category_is_said() -> None:
    scope = "user/Observation.s?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory"
    assert scope_words([scope]) == ["Search: Measurement or finding, of the category laboratory alone"]


def test_no_scope_is_said_in_the_words_of_a_programmer() -> None:
    said = scope_words(["patient/MedicationRequest.rs", "patient/CareTeam.r"])
    assert said == ["Read and search: Prescription", "Read: Care team"]


def test_going_on_is_said_too() -> None:
    assert scope_words(["offline_access"])[0].startswith("Go on after you have signed out")
