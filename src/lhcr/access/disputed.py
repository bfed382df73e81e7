"""Disputed: how access knows the Task by which somebody says that an entry is wrong, and what it says of that entry.

The record makes such Tasks (`record/dispute.py`); their words tell what the entry holds.
"""

from collections.abc import Iterator
from typing import Final

from lhcr.kernel.json_types import JsonObject

#: The code of such a Task, and of nothing that anybody else writes.
DISPUTE_SYSTEM: Final = "urn:lhcr:task"
DISPUTE_CODE: Final = "dispute"
#: Of a further coding of such a Task, whose code is the category of the entry that is said to be wrong.
CATEGORY_SYSTEM: Final = "urn:lhcr:entry-category"


def is_dispute(resource: JsonObject) -> bool:
    codings = _codings(resource) if resource.get("resourceType") == "Task" else ()
    return any((each.get("system"), each.get("code")) == (DISPUTE_SYSTEM, DISPUTE_CODE) for each in codings)


def category_of_disputed(resource: JsonObject) -> str | None:
    """Return the category of the entry that a dispute says is wrong, as the Task tells it; None of anything else."""
    if not is_dispute(resource):
        return None
    told = (each.get("code") for each in _codings(resource) if each.get("system") == CATEGORY_SYSTEM)
    return next((each for each in told if isinstance(each, str)), None)


def focus_of(resource: JsonObject) -> Iterator[str]:
    """Yield the reference, with a version or without, by which a Task names what it is about."""
    focus = resource.get("focus")
    if isinstance(focus, dict) and isinstance(focus.get("reference"), str):
        yield focus["reference"]


def _codings(task: JsonObject) -> Iterator[JsonObject]:
    code = task.get("code")
    codings = code.get("coding") if isinstance(code, dict) else None
    yield from (each for each in (codings if isinstance(codings, list) else ()) if isinstance(each, dict))
