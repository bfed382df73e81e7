"""Members: the other persons whom drafts name besides the one whom they are about."""

from collections.abc import Sequence

from lhcr.fhir.search.homes import is_patient
from lhcr.record.batch_references import BatchReferences, in_order
from lhcr.record.draft import Draft
from lhcr.record.refusals import refuse, strangers
from lhcr.record.subjects import Subjects
from lhcr.record.targets import Targets
from lhcr.store.database import Connection


async def name_members(
    connection: Connection,
    drafts: Sequence[Draft],
    references: BatchReferences,
    targets: Targets,
    *,
    subjects: Subjects,
) -> None:
    """Note the other persons whom placed drafts name, of which `references` are those that they say.

    Hazard: an entry whose parts point into another person's record. Raises Incorrect (422) for clinical references that do; one
    to what its writer may not see leads nowhere, and is kept as it came.
    """
    apart = list(targets.in_other_records(references))
    clinical = [(draft, link) for draft, link, _ in apart if not is_patient(link)]
    seen = await targets.seen(connection, [link["reference"] for _, link in clinical])
    told = [use for use in clinical if targets.home(use[1]["reference"], among=seen) is not None]
    refuse(strangers(in_order(told)), status=422)
    named: dict[int, set[int]] = {id(draft): subjects.by_numbers(draft) for draft in drafts if draft.numbered}
    for draft, link, person_id in apart:
        if is_patient(link):
            named.setdefault(id(draft), set()).add(person_id)
    for draft in drafts:
        draft.members = tuple(sorted(named[id(draft)] - {draft.person_id})) if id(draft) in named else ()
