"""Members: the other persons whom drafts name besides the one whom they are about."""

from collections.abc import Sequence

from lhcr.fhir.search.homes import is_patient
from lhcr.record.draft import Draft
from lhcr.record.refusals import refuse, stranger
from lhcr.record.subjects import Subjects
from lhcr.record.targets import Targets
from lhcr.store.database import Connection


async def name_members(
    connection: Connection, drafts: Sequence[Draft], targets: Targets, *, subjects: Subjects
) -> None:
    """Note the other persons whom placed drafts name.

    Hazard: an entry whose parts point into another person's record. Raises Incorrect (422) for clinical references that do; one
    to what its writer may not see leads nowhere, and is kept as it came.
    """
    apart = {id(draft): list(targets.in_other_records(draft)) for draft in drafts}
    clinical = [link["reference"] for each in apart.values() for link, _ in each if not is_patient(link)]
    seen = await targets.seen(connection, clinical)
    issues = []
    for draft in drafts:
        persons = subjects.by_numbers(draft)
        for link, person_id in apart[id(draft)]:
            if is_patient(link):
                persons.add(person_id)
            elif targets.home(link["reference"], among=seen) is not None:
                issues.append(stranger(draft))
        draft.members = tuple(sorted(persons - {draft.person_id}))
    refuse(issues, status=422)
