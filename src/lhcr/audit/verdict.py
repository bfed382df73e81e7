"""The verdict on the log: how far it reaches, and every defect that was found."""

from dataclasses import dataclass
from datetime import datetime

from lhcr.audit.head_chain import Pause
from lhcr.audit.signed_head import SignedHead
from lhcr.audit.tree_head import Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """`kind` is a stable word; `where` names the entry, leaf or head; `meaning` is one sentence for people."""

    kind: str
    where: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`verified_to` is the last head that the leaves lead to, `signed_to` the last signed one; entries after it (`unsequenced`)
    rest on their chains alone. `disposed_until` is up to when the log says that texts were disposed of. `texts` is False where
    an export left them out: then what they said is not verified, nor how many were disposed of.
    """

    entries: int
    disposed: int
    writers: int
    verified_to: Head
    unsequenced: int
    witnessed_to: int
    signed_to: SignedHead | None
    signed_heads: int
    key_id: str
    keys: int
    pauses: int
    longest_pause: Pause | None
    texts: bool
    disposed_until: datetime | None
    defects: tuple[Defect, ...]
    defect_count: int

    @property
    def intact(self) -> bool:
        return self.defect_count == 0
