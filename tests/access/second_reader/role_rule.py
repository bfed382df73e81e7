"""The section "Role and activity", read a second time."""

from tests.access.second_reader.area import Area
from tests.access.second_reader.asked import ABSTAIN, PERMIT, PERMIT_OWN, REFUSE, Asked, Asker
from tests.access.second_reader.subject import is_of_directory, is_of_products, kinds


def role(asked: Asked, area: Area) -> str:
    """Who is signed in reads the directory; a trace, the log, an order and products are permitted by a role, nothing else is."""
    if asked.interaction in {"trace", "audit-read", "order"}:
        return {"trace": _trace, "audit-read": _log, "order": _order}[asked.interaction](asked)
    if asked.reads:
        return PERMIT if is_of_directory(asked) else _read(asked, area)
    return _write(asked, area)


def may_read(asker: Asker, area: Area) -> frozenset[str]:
    """What one of the activities covers, narrowed by the occupation, which never adds; a citizen reads what the area lets citizens read."""
    if asker.kind == "citizen":
        return area.citizen_reads
    covered = frozenset[str]().union(*(area.reads.get(code, ()) for code in asker.activities))
    return covered & area.occupation_reads.get(asker.occupation, covered)


def _read(asked: Asked, area: Area) -> str:
    """A kind of which nothing may be read is refused always; products are permitted to whoever may read them; systems are left alone."""
    if asked.asker.kind == "system":
        return ABSTAIN
    covered = may_read(asked.asker, area)
    if not kinds(asked) & covered:
        return REFUSE
    return PERMIT if is_of_products(asked) else ABSTAIN


def _write(asked: Asked, area: Area) -> str:
    """A professional writes what role and activities cover, narrowed by the occupation, and names the type; nobody else but a system."""
    asker = asked.asker
    if asker.kind == "system":
        return ABSTAIN
    if asker.kind != "professional" or asked.type is None:
        return REFUSE
    covered = area.role_writes.get(asker.role, frozenset()).union(
        *(area.writes.get(code, ()) for code in asker.activities)
    )
    return ABSTAIN if kinds(asked) <= covered & area.occupation_writes.get(asker.occupation, covered) else REFUSE


def _trace(asked: Asked) -> str:
    """B0820; of a system among its own; a professional names an organisation; never an operator."""
    asker = asked.asker
    refused = asker.kind == "operator" or "B0820" not in asker.activities
    if refused or (asker.kind == "professional" and not asker.organisation):
        return REFUSE
    return PERMIT_OWN if asker.kind == "system" else PERMIT


def _log(asked: Asked) -> str:
    """B0011, never an operator; of a citizen it says nothing."""
    if asked.asker.kind == "citizen":
        return ABSTAIN
    return PERMIT if "B0011" in asked.asker.activities and asked.asker.kind != "operator" else REFUSE


def _order(asked: Asked) -> str:
    """B0082, and an office alone."""
    return PERMIT if "B0082" in asked.asker.activities and asked.asker.kind == "office" else REFUSE
