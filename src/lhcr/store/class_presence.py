"""Which access classes the current entries about one person have, and their Patients, for a statement that reads what is known of them.

It tells of no entry and reads no body: so that who is told that something is hidden, and by which ids the person may be named, is settled
in the snapshot of the facts.
"""

from typing import Final

from lhcr.fhir.search.catalogue import type_id

#: A subquery of one column, an array that is null where there is none. $1 is the person, as in the statement that it is put into.
PRESENT_CLASSES: Final = "SELECT array_agg(DISTINCT class) FROM resource WHERE person_id = $1 AND body IS NOT NULL"
#: As above, of one JSON text: the classes of the person's Patients by id, deleted ones too.
PATIENT_CLASSES: Final = (
    f"SELECT json_object_agg(id, class)::text FROM resource WHERE person_id = $1 AND type = {type_id('Patient')}"
)
