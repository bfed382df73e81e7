"""What the Consents of a batch say that people object to, as rows beside it."""

from collections.abc import Sequence

from lhcr.access.consent_projection import CONSENT, project_consent
from lhcr.access.facts import CLEARED_CONSENTS, PROJECTED_CONSENTS
from lhcr.access.projection import Said
from lhcr.record.draft import Draft
from lhcr.record.write_statement import WriteStatement
from lhcr.store.database import Connection


class ConsentRows:
    """Rows of the Consents among drafts that are about persons, where their writer's word `counts`; of others none.

    What a Consent said before ends with the version that replaces it, whoever writes that.
    """

    def __init__(self, about: Sequence[Draft], *, counts: bool, said: Said) -> None:
        consents = [draft for draft in about if draft.type == CONSENT]
        self._replaced = [draft for draft in consents if draft.replaces]
        self._rows = [
            (draft.person_id, draft.rid, *fact)
            for draft in consents
            if counts and draft.resource is not None
            for fact in project_consent(draft.resource, said=said)
        ]

    async def clear(self, connection: Connection) -> None:
        if self._replaced:
            persons = sorted({draft.person_id or 0 for draft in self._replaced})
            await connection.execute(CLEARED_CONSENTS, persons, [draft.rid for draft in self._replaced])

    def add_to(self, statement: WriteStatement) -> None:
        if self._rows:
            columns = [list(column) for column in zip(*self._rows, strict=True)]
            columns[3] = [int(permits) for permits in columns[3]]
            statement.add(f"consents AS ({PROJECTED_CONSENTS})", columns)
