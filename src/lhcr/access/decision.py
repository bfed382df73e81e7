"""An access decision: the permit that `record` asks for, and what it lets be seen. Only `lhcr.access` makes one."""

from dataclasses import InitVar, dataclass
from datetime import datetime
from typing import Final

from lhcr.access.notice import NO_NOTICE, Notice
from lhcr.access.request import Request
from lhcr.audit.entry import EntryDraft
from lhcr.identity.principal import Principal
from lhcr.store.visibility import Visibility

SEAL: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessDecision:
    """A permit. Raises TypeError when anything but `lhcr.access` tries to make one, `dataclasses.replace` included.

    `visibility` are the rows that may be read, in every hop, and whether with what tells where their person is. `restricted_to_own` says that only the principal's own
    organisation's contributions are among them (always so for what may be changed), `own_only` that nothing permits it but that the
    organisation contributes: no relationship is in force; `on_own_word` that no relationship is recorded, and the asker's claim or emergency permits it. `source_id` is the organisation under which a
    contribution is made, None where the interaction writes nothing. `reference` is what `explain` takes. The decision holds
    until `valid_until` and only while the policy and the person still stand at these epochs; `person_epoch` is None where no
    person is named. `notice`: what the asker is told of what is hidden from them. `entry` is the unwritten entry of the log that `record` completes.
    """

    seal: InitVar[object]
    principal: Principal
    request: Request
    visibility: Visibility
    restricted_to_own: bool
    own_only: bool
    on_own_word: bool
    source_id: int | None
    reference: str
    valid_until: datetime
    policy_epoch: int
    person_epoch: int | None
    entry: EntryDraft
    notice: Notice = NO_NOTICE

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise TypeError("only lhcr.access makes a decision")
