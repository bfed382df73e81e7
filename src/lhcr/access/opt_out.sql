-- name: lock
-- One load of the list at a time. The number spells lhcroopt.
SELECT pg_advisory_xact_lock(7811602896821121140)

-- name: removed
-- Numbers that the list has no longer.
DELETE FROM opt_out WHERE NOT EXISTS (SELECT FROM unnest($1::text[]) AS said (number) WHERE said.number = nhs_number)
RETURNING nhs_number

-- name: added
-- Numbers that the list has now, whether or not anybody here has them.
INSERT INTO opt_out (nhs_number) SELECT DISTINCT number FROM unnest($1::text[]) AS said (number)
ON CONFLICT (nhs_number) DO NOTHING
RETURNING nhs_number

-- name: raise_epochs
-- Of persons who are known here by some parties, $1, so that what was decided about them before ends. In the order in which writes lock.
WITH concerned AS (
    SELECT person_id FROM person
    WHERE person_id IN (SELECT f.person_id FROM fact_relationship AS f WHERE f.kind = 'self' AND f.party = ANY ($1::text[]))
    ORDER BY person_id
    FOR UPDATE
)
UPDATE person SET epoch = epoch + 1 FROM concerned WHERE person.person_id = concerned.person_id

-- name: loaded
INSERT INTO opt_out_list (loaded, numbers) VALUES ($1, $2)
ON CONFLICT (one) DO UPDATE SET loaded = excluded.loaded, numbers = excluded.numbers

-- name: list
SELECT loaded, numbers FROM opt_out_list
