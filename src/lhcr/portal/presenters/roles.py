"""The page on which somebody chooses the role that they work in."""

from collections.abc import Sequence
from dataclasses import dataclass

from lhcr.identity.claims import Claims


@dataclass(frozen=True, slots=True)
class RoleOption:
    value: str
    text: str
    hint: str
    checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesPage:
    title: str
    button: str
    action: str
    options: Sequence[RoleOption]
    error: str


def present_roles(roles: Sequence[Claims], *, action: str, now: Claims | None, unchosen: bool) -> RolesPage:
    """`now` is the role in which whoever is signed in works, None before they are."""
    options = [
        RoleOption(str(number), f"{each.role_name}, {each.organisation}", _hint(each, now), each == now)
        for number, each in enumerate(roles)
    ]
    return RolesPage(
        title="Change your role" if now else "Choose your role",
        button="Change role" if now else "Continue",
        action=action,
        options=options,
        error="Choose the role that you are working in." if unchosen else "",
    )


def _hint(each: Claims, now: Claims | None) -> str:
    code = f"{each.ods}, {each.role}"
    return f"{code}. You are working in this role." if each == now else code
