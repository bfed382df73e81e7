"""What the log says of the desk of a privacy office, and to whose eyes it is closed: the cases about the office itself.

Hazard: somebody who reads in the log what is being looked into about them, or about a colleague at the same desk, and makes it hard.
A case that is not there for them at the desk is not there for them in the log either; what a guardian does at the desk is told to guardians.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from lhcr.audit.entry import Entry
from lhcr.identity.principal import Principal
from lhcr.nhs.roles import Role

#: What is asked for at the desk: a look at it, and, with this before it, a step in a case.
LOOK: Final = "Cases"
STEP: Final = "case-"
#: In the query of an entry: the user whom a case is about, and that it is about the office itself.
ABOUT: Final = "about"
APART: Final = "apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskReader:
    """A member of an office who reads the log of its organisation."""

    user_id: str
    is_guardian: bool

    def is_closed(self, entry: Entry) -> bool:
        """Return whether an entry tells of the desk what its reader is not to know."""
        if entry.asked != LOOK and not entry.asked.startswith(STEP):
            return False
        told = parse_qs(entry.query)
        if self.user_id in told.get(ABOUT, []):
            return True
        return not self.is_guardian and (entry.agent.role == Role.CALDICOTT_GUARDIAN.code or APART in told)


def desk_reader(principal: Principal) -> DeskReader:
    return DeskReader(user_id=principal.user_id, is_guardian=principal.role_code == Role.CALDICOTT_GUARDIAN.code)
