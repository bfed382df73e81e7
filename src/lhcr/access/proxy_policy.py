"""The policy of proxies: who may open a person's record for them, up to which age of a child, and from which age people open their own."""

from typing import Annotated

import msgspec

_Age = Annotated[int, msgspec.Meta(ge=0, le=25)]
_RoleCode = Annotated[str, msgspec.Meta(pattern="^[A-Z]{1,20}$")]


class ParentalPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Those with parental responsibility, by codes of HL7 v3 RoleCode: they open a child's record until it is `until_age` years old."""

    relationships: list[_RoleCode]
    until_age: _Age


class AppointedPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Those who were appointed for an adult, such as by a power of attorney, by codes of HL7 v3 RoleCode.

    They act for whoever is old enough to open their own record. That somebody is counts for `longest_days` after it was last recorded, however late an end is told: a power that is revoked is
    seldom told to everybody.
    """

    relationships: list[_RoleCode]
    longest_days: Annotated[int, msgspec.Meta(ge=1, le=3_660)]


class ProxyPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`own_record_from_age`: so old are people who open their own record themselves.

    `birth_date_sources`: whose word on when somebody was born counts (ODS codes, or `*` for all). A change of these and of
    relationships and days counts for what is written from then on, one of ages with the next start.
    """

    parental: ParentalPolicy
    appointed: AppointedPolicy
    own_record_from_age: _Age
    birth_date_sources: list[str]
