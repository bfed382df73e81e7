"""Flags: staff who opened their own record, or that of somebody with their family name or their address.

Nobody is stopped by a flag: most who share a name are strangers, and some who care for their family do so rightly. The privacy
office is told of them with `flags(pool, openings=...)`: for each opening of a record by a professional that it read from the log,
which of the three it is. What is compared are digests alone (`lhcr.access.kin_digest`); no clinical table is read, and what is known
of staff (`lhcr staff load`) is shown to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from lhcr.access.kin_digest import KinDigests, KinKind, kin_digests
from lhcr.store.database import Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.access", "kin.sql")
#: Statements for `record`, composable as CTEs but the first, which goes before.
CLEARED_KIN: Final = _SQL["cleared_kin"]
PROJECTED_KIN: Final = _SQL["projected_kin"]
HIDDEN_KIN: Final = _SQL["hidden_kin"]
KIN_FILLED: Final = _SQL["kin_filled"]
#: Statements for `lhcr.access.staff`.
FORGET_STAFF: Final = _SQL["forget_staff"]
KNOW_STAFF: Final = _SQL["know_staff"]


class FlagKind(Enum):
    """Why an opening is flagged."""

    OWN_RECORD = "own-record"
    SAME_FAMILY_NAME = "same-family-name"
    SAME_ADDRESS = "same-address"


_KINDS: Final = {
    KinKind.NUMBER: FlagKind.OWN_RECORD,
    KinKind.FAMILY: FlagKind.SAME_FAMILY_NAME,
    KinKind.ADDRESS: FlagKind.SAME_ADDRESS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A professional opened a person's record: `organisation` is an ODS code, `user_name` how the log calls the user."""

    person_id: int
    organisation: str
    user_id: str
    user_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    opening: Opening
    kind: FlagKind


async def flags(pool: Pool, *, openings: Sequence[Opening]) -> list[Flag]:
    """Return the flags of some openings, in their order, one for each kind; of openings that are none nothing.

    Where a staff member's own number and address are not known, their family name alone is looked at, which is the last word of
    what the log calls them. Of a restricted person no address is compared.
    """
    if not openings:
        return []
    rows = await pool.fetch(_SQL["flagged"], *_columns(openings, await kin_digests(pool)))
    found = [Flag(opening=openings[row["place"] - 1], kind=_KINDS[KinKind(row["kind"])]) for row in rows]
    own = {id(each.opening) for each in found if each.kind is FlagKind.OWN_RECORD}
    # That somebody has their own name and lives with themself is nothing to be told beside that.
    return [each for each in found if each.kind is FlagKind.OWN_RECORD or id(each.opening) not in own]


def _columns(openings: Sequence[Opening], digests: KinDigests) -> list[list[object]]:
    families = [digests.family_of(each.user_name) for each in openings]
    return [
        [each.person_id for each in openings],
        [each.organisation for each in openings],
        [each.user_id for each in openings],
        [None if each is None else each.digest for each in families],
    ]
