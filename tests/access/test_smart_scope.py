"""Scopes: a token does what one of them grants and nothing else."""

from dataclasses import replace
from typing import Any

import pytest

from lhcr.access.refusal import Refused
from lhcr.access.request import Interaction, Request
from lhcr.access.smart_scope import granted_types, is_granted, narrowed_to, require_granting, searched_types
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.errors import Incorrect


@pytest.mark.parametrize(
    ("scope", "interaction", "type_", "granted"),
    [
        ("user/Observation.rs", Interaction.READ, "Observation", True),
        ("user/Observation.rs", Interaction.SEARCH, "Observation", True),
        ("user/Observation.r", Interaction.SEARCH, "Observation", False),
        ("user/Observation.rs", Interaction.READ, "Condition", False),
        ("user/Observation.rs", Interaction.CREATE, "Observation", False),
        ("user/*.rs", Interaction.EVERYTHING, None, True),
        ("user/Patient.rs", Interaction.EVERYTHING, None, False),
        ("user/*.cruds", Interaction.DELETE, "Observation", True),
        ("user/*.read", Interaction.SEARCH, "Condition", True),
        ("user/*.read", Interaction.UPDATE, "Condition", False),
        ("user/*.write", Interaction.PATCH, "Condition", True),
        ("user/Observation.*", Interaction.DELETE, "Observation", True),
        ("user/Patient.s", Interaction.TRACE, None, True),
        ("user/Observation.s", Interaction.TRACE, None, False),
        ("user/AuditEvent.rs", Interaction.AUDIT_READ, None, True),
        ("patient/*.rs", Interaction.READ, "Observation", False),
        ("system/*.rs", Interaction.READ, "Observation", False),
        ("openid", Interaction.READ, "Observation", False),
        ("user/Observation.rs?category=laboratory", Interaction.READ, "Observation", False),
        ("user/Observation.sr", Interaction.READ, "Observation", False),
        ("USER/*.rs", Interaction.READ, "Observation", False),
    ],
)
def test_what_a_scope_grants_a_professional(
    cast: Any,
    scope: str,
    interaction: Interaction,
    type_: str | None,
    granted: bool,  # noqa: FBT001
) -> None:
    assert is_granted(replace(cast.gp, scopes=(scope,)), interaction, type_) == granted


def test_a_token_without_scopes_is_limited_by_its_bearers_role_alone(cast: Any) -> None:
    assert is_granted(cast.gp, Interaction.DELETE, "Observation")
    assert granted_types(cast.gp) is None


ONE = "http://example.org/c|one"
TWO = "http://example.org/c|two"


@pytest.mark.parametrize(
    ("scopes", "narrowed"),
    [
        ((f"user/Observation.rs?category={ONE}",), {ONE}),
        ((f"user/Observation.rs?category={ONE}", f"user/Observation.s?category={TWO}"), {ONE, TWO}),
        ((f"user/Observation.rs?category={ONE}", "user/Observation.r"), {ONE}),
        ((f"user/Observation.rs?category={ONE}", "user/Observation.s"), set()),
        ((f"user/Observation.rs?category={ONE}", "user/*.s"), set()),
        ((f"user/Condition.rs?category={ONE}",), set()),
        ((f"patient/Observation.rs?category={ONE}",), set()),
        (("user/Observation.rs",), set()),
        ((), set()),
    ],
)
def test_scopes_of_categories_narrow_a_search_of_their_type(
    cast: Any, scopes: tuple[str, ...], narrowed: set[str]
) -> None:
    asker = replace(cast.gp, scopes=scopes)
    assert narrowed_to(asker, "Observation") == narrowed
    if narrowed:
        assert is_granted(asker, Interaction.SEARCH, "Observation")
        assert not is_granted(asker, Interaction.SEARCH, None)
        assert searched_types(asker, "Observation") == {"Observation"}
        assert searched_types(asker, "Condition") == granted_types(asker)


_NARROWED = {Interaction.READ, Interaction.VREAD, Interaction.SEARCH}


@pytest.mark.parametrize("interaction", list(Interaction))
def test_a_scope_of_a_category_grants_a_search_and_a_read_by_id_and_nothing_else(
    cast: Any, interaction: Interaction
) -> None:
    asker = replace(cast.gp, scopes=(f"user/Observation.cruds?category={ONE}",))
    assert is_granted(asker, interaction, "Observation") == (interaction in _NARROWED)
    assert granted_types(asker) == set()


@pytest.mark.parametrize(
    ("letters", "granted"),
    [("s", {Interaction.SEARCH}), ("r", {Interaction.READ, Interaction.VREAD}), ("cud", set()), ("rs", _NARROWED)],
)
def test_a_scope_of_a_category_grants_what_its_letters_say(cast: Any, letters: str, granted: set[Interaction]) -> None:
    asker = replace(cast.gp, scopes=(f"user/Observation.{letters}?category={ONE}",))
    assert {each for each in Interaction if is_granted(asker, each, "Observation")} == granted


@pytest.mark.parametrize(
    ("scopes", "narrowed"),
    [
        ((f"user/Observation.rs?category={ONE}",), {ONE}),
        ((f"user/Observation.s?category={ONE}", f"user/Observation.r?category={TWO}"), {TWO}),
        ((f"user/Observation.rs?category={ONE}", "user/Observation.s"), {ONE}),
        ((f"user/Observation.rs?category={ONE}", "user/*.r"), set()),
    ],
)
def test_a_read_is_narrowed_by_the_scopes_that_grant_reads(
    cast: Any, scopes: tuple[str, ...], narrowed: set[str]
) -> None:
    assert narrowed_to(replace(cast.gp, scopes=scopes), "Observation", letter="r") == narrowed


def test_contexts_belong_to_kinds_of_asker(cast: Any) -> None:
    assert is_granted(replace(cast.citizen, scopes=("patient/*.rs",)), Interaction.READ, "Observation")
    assert is_granted(replace(cast.system, scopes=("system/*.rs",)), Interaction.READ, "Observation")
    assert not is_granted(replace(cast.system, scopes=("user/*.rs",)), Interaction.READ, "Observation")


async def test_a_scope_narrows_what_the_gate_permits_and_what_a_hop_reaches(world: Any, cast: Any) -> None:
    """Hazard: an app that was granted one type reads others through a chain or an include."""
    person = await world.person()
    await world.tie(person, "A81001", "registration")
    surgery = await world.classes.source_of("A81001", name="The Surgery")
    allergy = await world.classes.class_of(surgery, category="allergy", labels=())
    medication = await world.classes.class_of(surgery, category="medication", labels=())
    narrow = replace(cast.gp, scopes=("user/AllergyIntolerance.rs",), token_id="narrow")
    own = Request(interaction=Interaction.SEARCH, type="AllergyIntolerance", person=person)
    decision = await world.gate.decide(narrow, own)
    assert allergy in decision.visibility.classes
    assert medication not in decision.visibility.classes
    with pytest.raises(Refused) as caught:
        await world.gate.decide(
            narrow, Request(interaction=Interaction.SEARCH, type="MedicationRequest", person=person)
        )
    assert caught.value.issues[0].error == "scope"


@pytest.mark.parametrize(
    ("kind", "scope"),
    [
        (PrincipalKind.PROFESSIONAL, "user/Observation.rs"),
        (PrincipalKind.PROFESSIONAL, "user/*.cruds"),
        (PrincipalKind.PROFESSIONAL, "user/*.read"),
        (PrincipalKind.CITIZEN, "patient/*.rs"),
        (PrincipalKind.CITIZEN, "user/Patient.r"),
        (PrincipalKind.SYSTEM, "system/Observation.*"),
    ],
)
def test_a_scope_that_grants_something_is_taken(kind: PrincipalKind, scope: str) -> None:
    require_granting([scope], kind)


@pytest.mark.parametrize(
    ("kind", "scope"),
    [
        (PrincipalKind.PROFESSIONAL, scope)
        for scope in (
            "foo",
            "user/Nope.rs",
            "user/Observation.zz",
            "user/Observation.",
            "user/Observation.sr",
            "openid",
            "",
        )
    ]
    + [
        (PrincipalKind.PROFESSIONAL, "patient/*.rs"),
        (PrincipalKind.PROFESSIONAL, "user/Observation.rs?category=laboratory"),
        (PrincipalKind.SYSTEM, "user/*.rs"),
        (PrincipalKind.CITIZEN, "system/*.rs"),
    ],
)
def test_a_scope_that_would_grant_nothing_is_refused_with_the_form_that_is_wanted(
    kind: PrincipalKind, scope: str
) -> None:
    with pytest.raises(Incorrect, match=r"/Observation\.rs") as caught:
        require_granting(["user/*.rs" if kind is PrincipalKind.PROFESSIONAL else "system/*.rs", scope], kind)
    assert caught.value.issues[-1].error == "scope-invalid"
