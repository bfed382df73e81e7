"""The National Data Opt-out as an area is told of it: a list of NHS numbers, loaded as a whole, in the place of the one before.

Numbers that nobody here has are kept, so that whoever comes later is covered. Hazard guarded here: a record that goes on to serve
research after its person has opted out. Everybody's decision whose state changes ends in the load's own transaction.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lhcr.access.policy_change import PolicyChanges
from lhcr.access.relationship import citizen_party
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.store.database import Connection, Pool
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.access", "opt_out.sql")
#: The subtype of entries of the log that say so.
OPT_OUTS: Final = "opt-outs"
_MOST_TOLD: Final = 20
_LONGEST_LINE: Final = 100
_MOST_LINES: Final = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutChange:
    """What a load did: numbers on the list now, those that are new on it, and those that were and are not any more."""

    numbers: int
    added: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutList:
    """The list that counts now: when it was loaded (UTC), and how many numbers it has."""

    loaded: datetime
    numbers: int


def read_opt_outs(lines: Iterable[bytes]) -> frozenset[str]:
    """Return the NHS numbers of a file that has one in each line. Raises Incorrect (`opt-out-invalid`) with the lines that have none.

    Empty lines are passed over. Hazard: a person left out because their line was not understood, and the list taken for whole.
    """
    found, wrong = set[str](), list[int]()
    for place, line in enumerate(lines, start=1):
        if place > _MOST_LINES:
            raise Incorrect([_issue(f"The file has more than {_MOST_LINES:,} lines.")])
        try:
            text = line.removeprefix(b"\xef\xbb\xbf").strip().decode("ascii") if len(line) <= _LONGEST_LINE else "-"
            found |= {NhsNumber.parse(text).value} if text else set()
        except (Incorrect, UnicodeDecodeError):
            wrong.append(place)
    if wrong:
        raise Incorrect(list(_told(wrong)))
    return frozenset(found)


async def replace_opt_outs(
    changes: PolicyChanges, principal: Principal, numbers: frozenset[str], *, now: datetime
) -> OptOutChange:
    """Let a list take the place of the one before, in one transaction with the epochs of whom it concerns and an entry of the log."""

    async def work(connection: Connection) -> tuple[OptOutChange, str]:
        await connection.execute("SET LOCAL statement_timeout = 0")
        await connection.execute(_SQL["lock"])
        said = sorted(numbers)
        removed = [row["nhs_number"] for row in await connection.fetch(_SQL["removed"], said)]
        added = [row["nhs_number"] for row in await connection.fetch(_SQL["added"], said)]
        await connection.execute(_SQL["raise_epochs"], [citizen_party(each) for each in (*removed, *added)])
        await connection.execute(_SQL["loaded"], now, len(said))
        change = OptOutChange(numbers=len(said), added=len(added), removed=len(removed))
        return change, f"National Data Opt-out: numbers {len(said)}, added {len(added)}, removed {len(removed)}"

    return await changes.make(principal, OPT_OUTS, work)


async def current_list(pool: Pool) -> OptOutList | None:
    """Return the list that counts now, None where none was ever loaded."""
    row = await pool.fetchrow(_SQL["list"])
    return OptOutList(loaded=row["loaded"], numbers=row["numbers"]) if row else None


def _told(wrong: list[int]) -> Iterator[Issue]:
    """The places of mistakes, never what stands there: it may be a number with a slip."""
    yield from (_issue(f"Line {place} is no NHS number.") for place in wrong[:_MOST_TOLD])
    if len(wrong) > _MOST_TOLD:
        yield _issue(f"{len(wrong) - _MOST_TOLD} more lines are none.")


def _issue(diagnostics: str) -> Issue:
    return Issue(code="value", error="opt-out-invalid", diagnostics=diagnostics)
