"""A hypothetical case, as the privacy office asks about it: who, what and about whom, and the facts that are to be taken as true.

It names roles, never a user: whoever asks goes on asking as themselves, and nothing is opened.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

import msgspec

from lhcr.access.case_facts import invalid, place_of
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction, Request
from lhcr.access.trace import DIRECTORY, NOBODY, NOT_HERE, SHELF, SOMEBODY
from lhcr.fhir.search.catalogue import type_ids
from lhcr.identity.acting import ActingClient
from lhcr.identity.calling_app import CallingApp
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.identity.sign_in import SignIn
from lhcr.kernel.errors import Incorrect
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.ods import OdsCode
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import OCCUPATIONS, Activity, Role, activities_of

#: A case of a few hundred words is a long one.
LARGEST: Final = 64 * 1024
_USER: Final = "hypothetical"
_NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
#: People of a hypothetical case, none of whom anybody here has as their number.
_PEOPLE: Final[dict[str, AskedPerson]] = {SOMEBODY: 1, NOT_HERE: UNKNOWN, SHELF: -1, DIRECTORY: 0, NOBODY: None}
_ACTIVITIES: Final = {activity.code: activity for activity in Activity}
_WAYS: Final = {
    PrincipalKind.CITIZEN: SignIn.NHS_LOGIN_P9,
    PrincipalKind.SYSTEM: SignIn.CLIENT_CREDENTIALS,
}
_PURPOSES: Final = {
    PrincipalKind.PROFESSIONAL: Purpose.TREATMENT,
    PrincipalKind.CITIZEN: Purpose.PATIENT_REQUEST,
    PrincipalKind.SYSTEM: Purpose.TREATMENT,
}
#: No sign that controls: the database takes no NUL.
_Word = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Words = Annotated[list[_Word], msgspec.Meta(max_length=100)]


class Acting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A system that asks in the asker's name: for people of which organisation (ODS code) it may, and for which purposes."""

    acts_for: _Word
    purposes: _Words


class Through(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An app through which the asker asks: whether it was registered for emergencies, and let see their own record alone."""

    emergency: bool = False
    own_only: bool = False


class Asker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who asks. `role` is a national role code, whose own activities count where none are named; `organisation` an ODS code.

    What is left out is what it usually is for the kind: the strongest way of signing in, and the purpose of their work. `user`
    and `nhs_number` (of a citizen) count with a real person alone, whose facts are about somebody.
    """

    kind: PrincipalKind
    role: _Word = ""
    activities: _Words | None = None
    occupation: _Word = ""
    organisation: _Word = ""
    sign_in: SignIn | None = None
    purpose: _Word = ""
    scopes: _Words = []
    acting: Acting | None = None
    app: Through | None = None
    user: _Word = ""
    nhs_number: _Word = ""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked, of which type (all where none is named), and about whom: somebody hypothetical where nothing is said.

    `nhs_number` names a real person instead, whose facts are read.
    """

    interaction: Interaction
    type: _Word | None = None
    about: Literal["somebody", "not-here", "shelf", "directory", "nobody"] = "somebody"
    nhs_number: _Word = ""


class WhatIf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`facts` stand for what is known of a real person, each for all of its kind; `also` is added to it.

    Both are as a decision's trace tells them; what neither names is as usual: nothing.
    """

    principal: Asker
    request: Asked
    facts: dict[str, Any] = {}
    also: dict[str, Annotated[list[Any], msgspec.Meta(max_length=100)]] = {}


def read_what_if(text: bytes) -> WhatIf:
    """Return the hypothetical case of a JSON text. Raises Incorrect (422, `what-if-invalid`; 413 where it is too large)."""
    if len(text) > LARGEST:
        raise invalid("", f"it is longer than {LARGEST} bytes")
    try:
        asked = msgspec.json.decode(text, type=WhatIf)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid(place_of(error).removeprefix("."), _unknown_word(error)) from error
    principal_of(asked.principal)
    request_of(asked.request)
    return asked


def _unknown_word(error: Exception) -> str:
    return "a field is not one of those that a case has" if "unknown field" in str(error) else ""


def principal_of(asked: Asker) -> Principal:
    """Return the asker. Raises Incorrect where a code is not known."""
    purpose = _purpose(asked)
    return Principal(
        user_id=asked.user or _USER,
        name="",
        kind=asked.kind,
        role_code=asked.role,
        role_display="",
        activities=_activities(asked),
        organisation=_organisation(asked.organisation, "principal.organisation"),
        organisation_name="",
        person_nhs_number=_number(asked.nhs_number, "principal.nhs_number"),
        purposes=(purpose,),
        purpose=purpose,
        scopes=tuple(asked.scopes),
        token_id="",
        expires=_NEVER,
        occupation=_occupation(asked.occupation),
        sign_in=asked.sign_in or _WAYS.get(asked.kind, SignIn.CIS2_AAL3),
        actor=_actor(asked.acting),
        app=_app(asked.app),
    )


def request_of(asked: Asked) -> Request:
    """Return what is asked about a hypothetical person. Raises Incorrect where type or number is none."""
    if asked.type is not None and asked.type not in type_ids():
        raise invalid("request.type", "it is not a type of FHIR R4")
    _number(asked.nhs_number, "request.nhs_number")
    return Request(interaction=asked.interaction, type=asked.type, person=_PEOPLE[asked.about])


def _activities(asked: Asker) -> frozenset[Activity]:
    if asked.activities is None:
        known = {role.code: role for role in Role}
        return activities_of(known[asked.role]) if asked.role in known else frozenset()
    try:
        return frozenset(_ACTIVITIES[code] for code in asked.activities)
    except KeyError as error:
        raise invalid("principal.activities", f"the activities here are {', '.join(_ACTIVITIES)}") from error


def _purpose(asked: Asker) -> Purpose:
    if not asked.purpose:
        return _PURPOSES.get(asked.kind, Purpose.OPERATIONS)
    return _known_purpose(asked.purpose, "principal.purpose")


def _known_purpose(code: str, place: str) -> Purpose:
    try:
        return Purpose.parse(code)
    except Incorrect as error:
        raise invalid(place, f"a purpose is one of {', '.join(each.code for each in Purpose)}") from error


def _occupation(key: str) -> str:
    if key and key not in OCCUPATIONS:
        raise invalid("principal.occupation", f"the occupations here are {', '.join(OCCUPATIONS)}")
    return key


def _organisation(code: str, place: str) -> str:
    try:
        return OdsCode(code).value if code else ""
    except (Incorrect, ValueError) as error:
        raise invalid(place, "it is not an ODS code") from error


def _number(text: str, place: str) -> str | None:
    try:
        return NhsNumber.parse(text).value if text else None
    except (Incorrect, ValueError) as error:
        raise invalid(place, "it is not a valid NHS number") from error


def _app(asked: Through | None) -> CallingApp | None:
    if asked is None:
        return None
    return CallingApp(sub=_USER, name=_USER, emergency=asked.emergency, own_only=asked.own_only)


def _actor(asked: Acting | None) -> ActingClient | None:
    if asked is None:
        return None
    return ActingClient(
        client_id=_USER,
        name="",
        organisation="",
        organisation_name="",
        acts_for=_organisation(asked.acts_for, "principal.acting.acts_for"),
        purposes=frozenset(_known_purpose(code, "principal.acting.purposes") for code in asked.purposes),
    )
