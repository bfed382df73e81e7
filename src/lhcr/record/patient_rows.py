"""What the Patients of a batch say of who their people are, as rows beside it: when they were born, and what may tie staff to them."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, TypeAlias

from lhcr.access.birth_date import birth_date
from lhcr.access.facts import CLEARED_BIRTHS, PROJECTED_BIRTHS
from lhcr.access.kin import CLEARED_KIN, HIDDEN_KIN, PROJECTED_KIN
from lhcr.access.kin_digest import KinDigests, KinKind, kin_digests
from lhcr.access.projection import Said
from lhcr.record.draft import Draft
from lhcr.record.write_statement import WriteStatement
from lhcr.store.database import Connection, Pool

_PATIENT: Final = "Patient"
_Rows: TypeAlias = list[tuple[Any, ...]]


class AreaKin:
    """The digests of the area, looked up once by a worker: where it first writes a Patient."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._digests: KinDigests | None = None

    async def digests_for(self, drafts: Iterable[Draft]) -> KinDigests | None:
        """Return the digests for a batch; None for one without Patients, which costs nothing."""
        if not any(draft.type == _PATIENT for draft in drafts):
            return None
        if self._digests is None:
            self._digests = await kin_digests(self._pool)
        return self._digests


class PatientRows:
    """Rows of the Patients among drafts that are about persons, of whom some are `restricted` by the batch.

    Hazard: a sensitive item exposed. Where a restricted person lives is not stored, not even as a digest, and what was stored of it
    goes.
    """

    def __init__(
        self, about: Sequence[Draft], *, said: Said, kin: KinDigests | None, restricted: AbstractSet[int]
    ) -> None:
        patients = [] if kin is None else [draft for draft in about if draft.type == _PATIENT]
        self._replaced = [draft for draft in patients if draft.replaces]
        self._restricted = sorted(restricted)
        self._births = list(_births(patients, said))
        self._kin = [] if kin is None else list(_kin(patients, kin, restricted))

    async def clear(self, connection: Connection) -> None:
        """Drop what replaced versions said."""
        if self._replaced:
            persons = sorted({draft.person_id or 0 for draft in self._replaced})
            rids = [draft.rid for draft in self._replaced]
            await connection.execute(CLEARED_BIRTHS, persons, rids)
            await connection.execute(CLEARED_KIN, persons, rids)

    def add_to(self, statement: WriteStatement) -> None:
        if self._births:
            statement.add(f"births AS ({PROJECTED_BIRTHS})", _columns(self._births))
        if self._kin:
            statement.add(f"kin AS ({PROJECTED_KIN})", _columns(self._kin))
        if self._restricted:
            statement.add(f"hidden_kin AS ({HIDDEN_KIN})", [self._restricted])


def _births(patients: Iterable[Draft], said: Said) -> Iterable[tuple[Any, ...]]:
    if not said.policy.tells_birth_dates(said.source):
        return
    for draft in patients:
        born = None if draft.resource is None else birth_date(draft.resource, today=said.recorded.date())
        if born is not None:
            yield draft.person_id, draft.rid, born.earliest, born.latest


def _kin(patients: Iterable[Draft], kin: KinDigests, restricted: AbstractSet[int]) -> Iterable[tuple[Any, ...]]:
    for draft in patients:
        if draft.resource is not None:
            for kind, digest in sorted(kin.of_patient(draft.resource)):
                if not (kind is KinKind.ADDRESS and draft.person_id in restricted):
                    yield draft.person_id, draft.rid, int(kind), digest


def _columns(rows: _Rows) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
