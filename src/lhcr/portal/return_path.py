"""The return path: the page of this area that somebody asked for before they signed in, and are led to afterwards.

Hazard: a link to this area's own sign-in that leads, once somebody has signed in, to a page elsewhere that looks like it. Only own pages
are led to, spelt in one way; anything else is taken for nothing, and the first page opens.
"""

import re
from typing import Final
from urllib.parse import urlencode

from lhcr.portal.addresses import HOME, SIGN_IN, SIGN_OUT

_LONGEST: Final = 4_096
#: No backslash, no space, no control character, no colon in the path; a query as browsers write one.
_SPELT: Final = re.compile(r"/[A-Za-z0-9_.~%/-]*(\?[A-Za-z0-9_.~%/?:@!$'()*+,;=&\[\]-]*)?")
#: The pages of the authorization server; the rest of it is for programs.
_OF_AUTH: Final = frozenset({"/auth/authorize", "/auth/apps"})
_NO_PAGES: Final = frozenset({"sign-in", "sign-out", "auth", "fhir", "static", "health", "role", ".well-known"})


def read_return_path(told: object) -> str:
    """Return the path of an own page, "" for anything else."""
    if not isinstance(told, str) or len(told) > _LONGEST or not _SPELT.fullmatch(told):
        return ""
    # What begins with two slashes is a host to a browser, so that the path is what stands before the query as it is spelt.
    path = told.partition("?")[0]
    if path in _OF_AUTH:
        return told
    parts = path.split("/")[1:]
    if path == SIGN_IN or parts[0] in _NO_PAGES or any(part in {"", ".", ".."} for part in parts) or "%" in path:
        return ""
    return told


def sign_in_address(path: str) -> str:
    """Return the address of the sign-in page from which somebody is led on to a path of this area."""
    known = read_return_path(path)
    return f"{SIGN_IN}?{urlencode({'next': known})}" if known and known not in {HOME, SIGN_OUT} else SIGN_IN
