"""The first page: where somebody begins once they have signed in, by what kind of asker they are."""

from dataclasses import dataclass

from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.portal.addresses import FIND, HOME, SIGN_IN


@dataclass(frozen=True, slots=True)
class FirstPage:
    """Its address, and what a link to it says."""

    href: str
    title: str


_SIGN_IN = FirstPage(SIGN_IN, "Sign in")
_FIND = FirstPage(FIND, "Find a person")
_RECORDS = FirstPage(HOME, "Your records")
_DESK = FirstPage(HOME, "What you can do here")


def looks_for_people(principal: Principal) -> bool:
    """Whether somebody's work begins with finding a person. What they may find is the gate's to say."""
    return principal.kind is PrincipalKind.PROFESSIONAL


def first_page(principal: Principal | None) -> FirstPage:
    if principal is None:
        return _SIGN_IN
    if looks_for_people(principal):
        return _FIND
    return _RECORDS if principal.kind is PrincipalKind.CITIZEN else _DESK
