"""Staff as NHS CIS2 tells of them: how strongly they proved who they are, and the roles in which they can work."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.identity.openid.accounts import NURSE, role, staff
from tests.identity.openid_provider import Account

from lhcr.identity.openid.code_flow import Told
from lhcr.identity.openid.refusal import SignInRefused
from lhcr.identity.openid.staff import StaffRoles, assurance, staff_roles
from lhcr.identity.principal import PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.nhs.roles import BASELINE, Activity, Role, activities_of

LEVEL = "authentication_assurance_level"


def told(account: Account) -> Told:
    return Told(
        claims={"sub": account.sub, **account.claims},
        userinfo={"sub": account.sub, **account.userinfo},
        return_path="",
    )


def roles_of(account: Account) -> StaffRoles:
    return staff_roles(told(account), level_claim=LEVEL, has_part={"A81001", "RRE"}.__contains__)


@pytest.mark.parametrize(
    ("level", "acr", "way"),
    [
        ("3", "AAL2_OR_AAL3_ANY", SignIn.CIS2_AAL3),
        (3, "AAL3_ANY", SignIn.CIS2_AAL3),
        ("AAL3", "", SignIn.CIS2_AAL3),
        ("2", "AAL2_OR_AAL3_ANY", SignIn.CIS2_AAL2),
        ("3", "AAL2_TOTP", SignIn.CIS2_AAL2),
        ("2", "AAL3_ANY", SignIn.CIS2_AAL2),
    ],
)
def test_the_weaker_of_what_is_said_counts(level: object, acr: str, way: SignIn) -> None:
    assert assurance(told(staff(NURSE, level=level, acr=acr)), level_claim=LEVEL) is way


@pytest.mark.parametrize("level", ["1", "0", 1, "", None, True, "4", "33", "three", ["3"], {"level": 3}, 3.0])
def test_below_the_second_level_or_untold_nobody_is_let_in(level: object) -> None:
    with pytest.raises(SignInRefused) as refused:
        assurance(told(staff(NURSE, level=level, acr="AAL3_ANY")), level_claim=LEVEL)
    assert refused.value.error == "assurance-too-low"
    assert refused.value.subject == "555000000101"


def test_the_claim_of_the_level_can_be_another() -> None:
    account = staff(NURSE, level="1", another="3")
    assert assurance(told(account), level_claim="another") is SignIn.CIS2_AAL3


@pytest.mark.parametrize("known", list(Role))
def test_a_role_is_the_last_part_of_its_code_and_brings_its_activities(known: Role) -> None:
    (claims,) = roles_of(staff(role("A81001", f"S0010:G0020:{known.code}"))).known
    assert (claims.role, claims.role_name, claims.ods) == (known.code, known.display, "A81001")
    assert claims.organisation == "ALDERMERE SURGERY"
    assert set(claims.activities) == {each.code for each in activities_of(known)}
    assert claims.sign_in is SignIn.CIS2_AAL3
    assert not claims.persona


@pytest.mark.parametrize(
    ("code", "kind", "purpose"),
    [
        ("R8000", PrincipalKind.PROFESSIONAL, "TREAT"),
        ("R8009", PrincipalKind.PROFESSIONAL, "TREAT"),
        ("R0001", PrincipalKind.OFFICE, "HOPERAT"),
        ("R5105", PrincipalKind.OFFICE, "HOPERAT"),
        ("R8015", PrincipalKind.OPERATOR, "HOPERAT"),
    ],
)
def test_the_role_says_which_kind_of_asker_somebody_is_and_for_which_purpose(
    code: str, kind: PrincipalKind, purpose: str
) -> None:
    (claims,) = roles_of(staff(role("A81001", code))).known
    assert (claims.kind, claims.purposes) == (kind, [purpose])


def test_activities_that_were_given_besides_count_and_unknown_ones_do_not() -> None:
    (claims,) = roles_of(staff(role("A81001", "R8010", activities=["B0370", "B9999", "<b>"]))).known
    assert set(claims.activities) == {"B0820", "B0370"}
    assert Activity.VIEW_GP_SUMMARY not in activities_of(Role.CLERICAL)
    assert BASELINE[Role.CLERICAL] == {Activity.VIEW_DEMOGRAPHICS}


def test_several_roles_are_offered_each_once_with_their_organisations() -> None:
    listed = roles_of(staff(NURSE, role("RRE", "S0010:G0020:R8000", "2"), NURSE))
    assert [(each.role, each.organisation) for each in listed.known] == [
        ("R8001", "ALDERMERE SURGERY"),
        ("R8000", "THE TRUST"),
    ]


def test_a_role_that_was_chosen_at_the_provider_is_the_only_one() -> None:
    account = staff(NURSE, role("RRE", "S0010:G0020:R8000", "2"), selected_roleid="52")
    assert [each.role for each in roles_of(account).known] == ["R8000"]


def test_a_role_that_was_chosen_at_the_provider_and_is_nobodys_is_none() -> None:
    """Hazard: the roles of another user."""
    with pytest.raises(SignInRefused) as refused:
        roles_of(staff(NURSE, selected_roleid="599"))
    assert refused.value.error == "role-missing"


def test_what_is_known_is_offered_beside_what_is_not() -> None:
    listed = roles_of(staff(role("A81001", "R9999"), NURSE, role("XYZ99", "R8000", "3")))
    assert ([each.role for each in listed.known], listed.unknown, listed.elsewhere) == (
        ["R8001"],
        ("R9999",),
        ("XYZ99",),
    )


@pytest.mark.parametrize(
    ("account", "error", "named"),
    [
        (staff(role("A81001", "S0010:G0020:R9999"), role("A81001", "R1234")), "role-unknown", "R9999, R1234"),
        (staff(role("A81001", "R8000:")), "role-unknown", "none"),
        (staff(role("A81001", "r8000")), "role-unknown", "r8000"),
        (staff(role("A81001", "<script>")), "role-unknown", "script"),
        (staff(role("ZZ9", "R8000")), "organisation-unknown", "ZZ9"),
        (staff(role("a81001", "R8000")), "organisation-unknown", "a81001"),
        (staff(), "role-missing", ""),
    ],
)
def test_nobody_works_in_a_role_or_place_that_is_not_known(account: Account, error: str, named: str) -> None:
    with pytest.raises(SignInRefused) as refused:
        roles_of(account)
    assert refused.value.error == error
    assert named in refused.value.why
    assert "<" not in refused.value.why


@pytest.mark.parametrize("sub", ["persona:gp", "lhcr:sign-in", "a b", "x" * 65, "nhs-login:1", "\u0430", "1\n"])
def test_nobody_takes_a_name_that_is_of_another_kind(sub: str) -> None:
    """Hazard: facts and entries of the log name users; one that is called like a persona or a citizen would be taken for them."""
    with pytest.raises(SignInRefused):
        roles_of(staff(NURSE, sub=sub))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(sorted(NURSE)), inner, max_size=5),
    max_leaves=12,
)


@given(JSON, JSON)
def test_whatever_a_provider_says_of_roles_it_ends_in_roles_or_a_refusal(roles: object, organisations: object) -> None:
    account = Account(
        sub="1",
        claims={LEVEL: "3"},
        userinfo={"nhsid_nrbac_roles": roles, "nhsid_user_orgs": organisations},
    )
    with pytest.raises(SignInRefused):
        roles_of(account)
