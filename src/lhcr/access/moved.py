"""A person who moved: what was asked of one whose record goes on in another's since this worker looked whose it is.

Hazard: partial shown as complete. Nothing lies under a merged person any more, and "nothing" must not be told of them. Whoever asked
is answered by asking once more; it is told as busy (503) only where that does not help.
"""

from typing import Final

from lhcr.kernel.errors import Busy, Issue

_MOVED: Final = Issue(
    code="transient",
    error="record-changing",
    diagnostics="The record is changing; ask again. Nothing was written.",
)


class PersonMoved(Busy):
    """503: whose record an id leads to has to be looked up again, with what this worker has learnt meanwhile."""

    def __init__(self) -> None:
        super().__init__([_MOVED], status=503)
