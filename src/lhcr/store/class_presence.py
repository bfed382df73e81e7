"""Which access classes the current entries about one person have, for a statement that reads what is known of the person.

It tells of no entry and reads no body: so that who is told that something is hidden is settled in the snapshot of the facts.
"""

from typing import Final

#: A subquery of one column, an array that is null where there is none. $1 is the person, as in the statement that it is put into.
PRESENT_CLASSES: Final = "SELECT array_agg(DISTINCT class) FROM resource WHERE person_id = $1 AND body IS NOT NULL"
