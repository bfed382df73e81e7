"""The policy of what is opened on the asker's own word: who may claim a relationship, and for how long word and emergency hold."""

from typing import Annotated

import msgspec

_RoleCode = Annotated[str, msgspec.Meta(pattern="^R[0-9]{4}$")]


class ClaimPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Professionals with one of `roles` (national role codes) may claim a relationship, which holds for `hours`, a week at most."""

    roles: list[_RoleCode]
    hours: Annotated[int, msgspec.Meta(ge=1, le=168)]


class EmergencyPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An emergency session holds for `minutes`, a day at most. Who may begin one follows from the activity B0168."""

    minutes: Annotated[int, msgspec.Meta(ge=1, le=1_440)]


class ContactPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom somebody who is refused can telephone, such as `the record's help desk`; both empty where there is nobody."""

    name: Annotated[str, msgspec.Meta(max_length=60)]
    telephone: Annotated[str, msgspec.Meta(max_length=30, pattern=r"^[0-9+ ]*$")]

    @property
    def sentence(self) -> str:
        return f"Telephone {self.name} on {self.telephone}." if self.name and self.telephone else ""
