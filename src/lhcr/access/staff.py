"""Staff as their organisations tell of them: a file of who has which NHS number, name and address, kept as digests alone.

It serves flags (`lhcr.access.kin`) and nothing else, and is shown to nobody.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lhcr.access.kin import FORGET_STAFF, KNOW_STAFF
from lhcr.access.kin_digest import KinDigest, KinDigests
from lhcr.access.policy_change import PolicyChanges
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.ods import OdsCode
from lhcr.store.database import Connection

#: The columns of the file, in any order; the first two must be told of everybody.
COLUMNS: Final = ("organisation", "user_id", "nhs_number", "family_name", "postcode", "address_line")
#: The subtype of entries of the log that say that staff were loaded or forgotten.
STAFF: Final = "staff"
_LONGEST_ID: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """What is not told is empty, or None."""

    organisation: str
    user_id: str
    nhs_number: NhsNumber | None
    family_name: str
    postcode: str
    address_line: str


def read_staff(text: bytes) -> list[StaffMember]:
    """Return the staff of a CSV file (RFC 4180, UTF-8) with a line of the columns' names first.

    Raises Incorrect with the number of the line that is wrong, and nothing of what it says.
    """
    try:
        lines = csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""), strict=True)
        if set(lines.fieldnames or ()) != set(COLUMNS):
            raise _wrong(1, f"The first line must name the columns {', '.join(COLUMNS)}.")
        staff = [_member(row, number) for number, row in enumerate(lines, start=2)]
    except (csv.Error, UnicodeDecodeError) as error:
        raise _wrong(None, "The file cannot be read as CSV in UTF-8.") from error
    if not staff:
        # Hazard: a file that was cut off, taken for one by which everybody left.
        raise _wrong(None, "The file names nobody.")
    return staff


async def load_staff(
    changes: PolicyChanges, principal: Principal, staff: Sequence[StaffMember], *, digests: KinDigests
) -> int:
    """Take what organisations tell of their staff for all that is known of it; return of how many anything is known.

    Whoever an organisation does not name any more is forgotten. The log says who loaded it, of which organisations and how many.
    """
    organisations = sorted({each.organisation for each in staff})
    rows = sorted({(each.organisation, each.user_id, *digest) for each in staff for digest in _digests(each, digests)})
    known = len({row[:2] for row in rows})

    async def work(connection: Connection) -> tuple[int, str]:
        await connection.execute(FORGET_STAFF, organisations)
        await connection.execute(KNOW_STAFF, *([row[place] for row in rows] for place in range(4)))
        return known, f"Staff of {' '.join(organisations)}: {known} known"

    return await changes.make(principal, STAFF, work)


async def forget_staff(changes: PolicyChanges, principal: Principal, organisation: str) -> None:
    """Forget all that is known of one organisation's staff. Raises Incorrect for what is no ODS code."""
    code = OdsCode.parse(organisation).value

    async def work(connection: Connection) -> tuple[None, str]:
        await connection.execute(FORGET_STAFF, [code])
        return None, f"Staff of {code}: forgotten"

    await changes.make(principal, STAFF, work)


def _digests(member: StaffMember, digests: KinDigests) -> Iterator[KinDigest]:
    number = None if member.nhs_number is None else digests.number(member.nhs_number)
    address = digests.address(postcode=member.postcode, line=member.address_line)
    yield from (each for each in (number, digests.family(member.family_name), address) if each is not None)


def _member(row: Mapping[str | None, object], line: int) -> StaffMember:
    told = {name: value.strip() if isinstance(value, str) else None for name, value in row.items()}
    if None in told or None in told.values():
        raise _wrong(line, "It has more or fewer values than there are columns.")
    texts = {name: value for name, value in told.items() if name is not None and value is not None}
    if not 0 < len(texts["user_id"]) <= _LONGEST_ID or not texts["user_id"].isprintable():
        raise _wrong(line, "user_id is missing, too long or has signs that nobody sees.")
    return StaffMember(
        organisation=_organisation(texts["organisation"], line),
        user_id=texts["user_id"],
        nhs_number=_number(texts["nhs_number"], line),
        family_name=texts["family_name"],
        postcode=texts["postcode"],
        address_line=texts["address_line"],
    )


def _organisation(text: str, line: int) -> str:
    try:
        return OdsCode.parse(text).value
    except Incorrect as error:
        raise _wrong(line, "organisation is no ODS code.") from error


def _number(text: str, line: int) -> NhsNumber | None:
    try:
        number = NhsNumber.parse(text) if text else None
    except Incorrect as error:
        raise _wrong(line, "nhs_number is no NHS number.") from error
    if number is not None and number.is_placeholder:
        raise _wrong(line, "nhs_number is a number that stands for nobody.")
    return number


def _wrong(line: int | None, diagnostics: str) -> Incorrect:
    where = "" if line is None else f"Entry in line {line}: " if line > 1 else ""
    return Incorrect([Issue(code="value", error="staff-file", diagnostics=f"{where}{diagnostics}")])
