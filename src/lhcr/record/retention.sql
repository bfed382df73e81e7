-- name: persons_after
-- The next persons of whom anything is here, in their order.
SELECT DISTINCT r.person_id FROM (
    SELECT p.person_id FROM person AS p WHERE p.person_id > $1 ORDER BY p.person_id LIMIT $2
) AS p JOIN resource AS r ON r.person_id = p.person_id
ORDER BY r.person_id

-- name: last_of
SELECT max(person_id) FROM (SELECT person_id FROM person WHERE person_id > $1 ORDER BY person_id LIMIT $2) AS p

-- name: entries_of
-- Every entry of some persons, with its source, kind and the last day that it tells: when it was written here, or its clinical date.
-- Dates beyond those that people live to see are no dates: an end that is open, a beginning that is not told.
SELECT r.person_id, r.type, r.id, r.rid, r.version, c.source_id, s.ods, c.category,
       greatest(r.last_updated,
                CASE WHEN r.clinical_low BETWEEN -4000000000000000 AND 7000000000000000
                     THEN to_timestamp(r.clinical_low / 1000000.0) END,
                CASE WHEN r.clinical_high BETWEEN -4000000000000000 AND 7000000000000000
                     THEN to_timestamp(r.clinical_high / 1000000.0) END) AS last
FROM resource AS r JOIN access_class AS c ON c.class_id = r.class JOIN source AS s ON s.source_id = c.source_id
WHERE r.person_id = ANY ($1::bigint[])
ORDER BY r.person_id, r.rid

-- name: patients_of
SELECT person_id, body FROM resource WHERE person_id = ANY ($1::bigint[]) AND type = $2 AND body IS NOT NULL

-- name: orders_that_hold
-- Holds and restrictions that stand: of a whole person where they name no rows.
SELECT person_id, rids FROM entry_order
WHERE person_id = ANY ($1::bigint[]) AND kind IN ('hold', 'restriction') AND released IS NULL
