"""Staff who signed in by NHS CIS2: how strongly they proved it, and the roles in which they work, as claims of a session.

The names of the claims are those of CIS2's own guidance; that of the assurance level can be set, should it be another.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Final

import msgspec

from lhcr.identity.claims import Claims
from lhcr.identity.openid.code_flow import Told
from lhcr.identity.openid.refusal import SignInRefused, not_believed
from lhcr.identity.principal import PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.kernel.errors import Incorrect
from lhcr.nhs.ods import OdsCode
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import BASELINE, Activity, Role, activities_of

_Text = Annotated[str, msgspec.Meta(max_length=200)]
_Code = Annotated[str, msgspec.Meta(max_length=60)]
_ACTIVITIES: Final = {activity.code: activity for activity in Activity}
_OFFICES: Final = frozenset({Role.PRIVACY_OFFICER, Role.CALDICOTT_GUARDIAN})
_PURPOSES: Final[Mapping[PrincipalKind, Purpose]] = MappingProxyType(
    {
        PrincipalKind.PROFESSIONAL: Purpose.TREATMENT,
        PrincipalKind.OFFICE: Purpose.OPERATIONS,
        PrincipalKind.OPERATOR: Purpose.OPERATIONS,
    }
)
_SUBJECT: Final = msgspec.Meta(pattern=r"\A[A-Za-z0-9._-]{1,64}\Z")
_MOST_ROLES: Final = 100


class _Role(msgspec.Struct, frozen=True):
    """One element of `nhsid_nrbac_roles`; `role_code` ends with the job role, as in `S0010:G0020:R8000`."""

    org_code: _Code
    role_code: _Code
    person_roleid: _Code = ""
    activity_codes: Annotated[list[_Code], msgspec.Meta(max_length=500)] = []


class _Organisation(msgspec.Struct, frozen=True):
    org_code: _Code
    org_name: _Text = ""


class _Userinfo(msgspec.Struct, frozen=True):
    sub: Annotated[str, _SUBJECT]
    name: _Text = ""
    nhsid_nrbac_roles: Annotated[list[_Role], msgspec.Meta(max_length=_MOST_ROLES)] = []
    nhsid_user_orgs: Annotated[list[_Organisation], msgspec.Meta(max_length=500)] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRoles:
    """`known`: a session's claims for each role that can be worked in; `unknown`: codes of roles that no rule here knows of;
    `elsewhere`: codes of organisations that have no part in this record.
    """

    known: Sequence[Claims]
    unknown: Sequence[str]
    elsewhere: Sequence[str]


def staff_roles(told: Told, *, level_claim: str, has_part: Callable[[str], bool]) -> StaffRoles:
    """Return the roles of whoever signed in, each an own set of claims. Raises SignInRefused below AAL2, or without a role.

    `has_part` says of an ODS code whether the organisation has a part in this record. Hazard: all of the country's staff can sign in
    to CIS2; a role in an organisation that nobody here has to do with opens nothing.
    """
    level = assurance(told, level_claim=level_claim)
    try:
        userinfo = msgspec.convert(told.userinfo, type=_Userinfo)
    except msgspec.ValidationError as error:
        raise not_believed("userinfo-invalid") from error
    selected = told.claims.get("selected_roleid")
    listed = [each for each in userinfo.nhsid_nrbac_roles if not selected or each.person_roleid == selected]
    roles = _sorted_out(listed, userinfo, level, has_part)
    if not roles.known:
        raise _no_role(roles, told.subject)
    return roles


def assurance(told: Told, *, level_claim: str) -> SignIn:
    """Return how strongly somebody proved who they are, by the weaker of what two claims say. Raises SignInRefused below AAL2.

    The `acr` is often what was asked for, such as AAL2_OR_AAL3_ANY, which tells nothing but that it was one of them.
    """
    levels = {_level(str(told.claims.get(level_claim, ""))), _acr_level(str(told.claims.get("acr", "")))} - {None}
    weakest = min((each for each in levels if each is not None), default=0)
    if weakest < 2 or _level(str(told.claims.get(level_claim, ""))) is None:
        why = "The way in which you signed in is not strong enough for this service."
        step = (
            "Sign in with your smartcard, a security key, Windows Hello or another authenticator of level AAL2 or AAL3."
        )
        raise SignInRefused("assurance-too-low", why, step, subject=told.subject)
    return SignIn.CIS2_AAL3 if weakest == 3 else SignIn.CIS2_AAL2


def _level(told: str) -> int | None:
    text = told.upper().removeprefix("AAL")
    return int(text) if text in {"0", "1", "2", "3"} else None


def _acr_level(told: str) -> int | None:
    return None if "_OR_" in told else _level(told.partition("_")[0])


def _sorted_out(
    listed: Iterable[_Role], userinfo: _Userinfo, level: SignIn, has_part: Callable[[str], bool]
) -> StaffRoles:
    names = {each.org_code: each.org_name for each in userinfo.nhsid_user_orgs}
    known: list[Claims] = []
    unknown: list[str] = []
    elsewhere: list[str] = []
    for each in listed:
        code = each.role_code.rpartition(":")[2]
        role, ods = _role(code), _ods(each.org_code)
        if role is None:
            unknown.append(code)
        elif not ods or not has_part(ods):
            elsewhere.append(each.org_code)
        else:
            known.append(_claims(userinfo, each, role, ods, names.get(each.org_code) or ods, level))
    distinct = {msgspec.json.encode(each): each for each in known}
    return StaffRoles(
        known=tuple(distinct.values()), unknown=tuple(dict.fromkeys(unknown)), elsewhere=tuple(dict.fromkeys(elsewhere))
    )


def _claims(userinfo: _Userinfo, told: _Role, role: Role, ods: str, name: str, level: SignIn) -> Claims:
    """Activities are those of the role and those that the person was given besides; what is not known here is passed over."""
    given = frozenset(_ACTIVITIES[code] for code in told.activity_codes if code in _ACTIVITIES)
    activities = activities_of(role, policy={role: BASELINE[role] | given})
    kind = _kind(role)
    return Claims(
        sub=userinfo.sub,
        name=userinfo.name or userinfo.sub,
        kind=kind,
        role=role.code,
        role_name=role.display,
        activities=sorted(activity.code for activity in activities),
        ods=ods,
        organisation=name,
        purposes=[_PURPOSES[kind].code],
        sign_in=level,
    )


def _kind(role: Role) -> PrincipalKind:
    if role in _OFFICES:
        return PrincipalKind.OFFICE
    return PrincipalKind.OPERATOR if role is Role.SYSTEMS_SUPPORT else PrincipalKind.PROFESSIONAL


def _role(code: str) -> Role | None:
    try:
        return Role.parse(code)
    except Incorrect:
        return None


def _ods(code: str) -> str:
    try:
        return OdsCode(code).value
    except Incorrect:
        return ""


def _no_role(roles: StaffRoles, subject: str) -> SignInRefused:
    ask = "Ask your registration authority, or whoever runs this record in your organisation."
    if roles.unknown:
        why = f"You signed in, but this service does not know your role: {_listed(roles.unknown)}."
        return SignInRefused("role-unknown", why, ask, subject=subject)
    if roles.elsewhere:
        why = f"You signed in, but your organisation has no part in this record: {_listed(roles.elsewhere)}."
        return SignInRefused("organisation-unknown", why, ask, subject=subject)
    why = "You signed in, but no role of yours in any organisation is known."
    return SignInRefused("role-missing", why, ask, subject=subject)


def _listed(codes: Sequence[str]) -> str:
    """Return codes in plain letters, whatever was sent as one."""
    plain = ("".join(letter for letter in code if letter.isascii() and letter.isalnum())[:20] for code in codes[:5])
    return ", ".join(code or "none" for code in plain)
