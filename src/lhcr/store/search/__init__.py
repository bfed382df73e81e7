"""The compiler from a FHIR search query to SQL, and what the rows that it reads have in common with the rows that are written.

`compile_search` is pure: a query, what may be seen and what its names resolved to become one statement with parameters.
Every hop of that statement (search rows, targets of chains, sources of `_has`, totals) carries the permitted access classes,
and joins on `person_id` or a directory table. `record` and `audit` run the statements.
"""
