"""A principal: whoever asks, as a token says it at that time."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from lhcr.identity.acting import ActingClient
from lhcr.identity.calling_app import CallingApp
from lhcr.identity.sign_in import SignIn
from lhcr.kernel.errors import Forbidden, Issue
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import OCCUPATIONS, Activity


class PrincipalKind(Enum):
    """The kinds of asker that rules tell apart.

    A PROFESSIONAL cares for people; a CITIZEN asks for their own record or as a proxy; a SYSTEM speaks for the organisation
    whose software it is; an OFFICE oversees (privacy officer, Caldicott guardian); an OPERATOR runs the area and sees nobody.
    """

    PROFESSIONAL = "professional"
    CITIZEN = "citizen"
    SYSTEM = "system"
    OFFICE = "office"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks, with everything that rules and the log need to know of them; nothing is looked up again later.

    `organisation` is an ODS code, or "" for a citizen. `person_nhs_number` is the citizen's own number: whose record they may
    open follows from facts about that number (their own record, or one for which they are a proxy). `purpose` is the one chosen
    among `purposes`. `occupation` is a key of `lhcr.nhs.roles.OCCUPATIONS`, "" where none is claimed: where several occupations
    share a role it says which it is, and it can only narrow what the role covers. `sign_in` is how they proved who they are.
    `actor` is the system that asks in their name, None where they ask themselves; `app` the app through which they ask.
    Its `repr` keeps name and number out of logs.
    """

    user_id: str
    name: str
    kind: PrincipalKind
    role_code: str
    role_display: str
    activities: frozenset[Activity]
    organisation: str
    organisation_name: str
    person_nhs_number: str | None
    purposes: tuple[Purpose, ...]
    purpose: Purpose
    scopes: tuple[str, ...]
    token_id: str
    expires: datetime
    occupation: str = ""
    sign_in: SignIn = SignIn.PERSONA
    actor: ActingClient | None = None
    app: CallingApp | None = None

    def __post_init__(self) -> None:
        if self.purpose not in self.purposes:
            raise ValueError("the chosen purpose is not among those that the token carries")

    def choosing(self, purpose: Purpose) -> "Principal":
        """Return the principal with another of the purposes that the token carries. Raises `Forbidden` for any other."""
        if purpose not in self.purposes:
            diagnostics = f"The token does not carry the purpose {purpose.code}. Choose one that it carries."
            raise Forbidden([Issue(code="forbidden", error="purpose", diagnostics=diagnostics)])
        return replace(self, purpose=purpose)

    @property
    def job(self) -> str:
        """What the asker does, in words for a page: the occupation where it is known, else the national role."""
        return OCCUPATIONS[self.occupation].display if self.occupation else self.role_display

    def __repr__(self) -> str:
        return f"Principal(kind={self.kind.value}, organisation={self.organisation!r}, role={self.role_code!r})"
