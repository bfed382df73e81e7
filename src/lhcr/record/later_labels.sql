-- Statements that hand on labels to what follows entries. $1 and $2 of the last two: the rows that refer to the entries by what they are
-- found by, wherever they are; $3: the types that may follow something; $4 and $5: the persons and ids of the entries; in their
-- records every body that says the id is looked at too, because past versions are found by nothing. A version without a body follows nothing.

-- name: patience
SELECT set_config('lock_timeout', '200ms', true)

-- name: referring
-- Entry by entry (OFFSET keeps it so), or it would be planned as if all references were to be looked through.
SELECT DISTINCT s.person_id, s.rid
FROM unnest($1::smallint[], $2::text[]) AS e (type, id)
     CROSS JOIN LATERAL (
         SELECT person_id, rid FROM search_reference
         WHERE param = ANY ($3::smallint[]) AND target_id = e.id AND target_type = e.type
         OFFSET 0
     ) AS s

-- name: current_followers
SELECT person_id, rid, version, type, id, class, body FROM resource
WHERE (person_id, rid) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[])) AND type = ANY ($3::smallint[]) AND body IS NOT NULL
UNION
SELECT person_id, rid, version, type, id, class, body FROM resource
WHERE person_id = ANY ($4::bigint[]) AND type = ANY ($3::smallint[]) AND body IS NOT NULL
      AND EXISTS (SELECT FROM unnest($4::bigint[], $5::text[]) AS e (home, id)
                  WHERE e.home = person_id AND position(convert_to(e.id, 'UTF8') IN body) > 0)

-- name: past_followers
SELECT person_id, rid, version, type, id, class, body FROM resource_history
WHERE (person_id, rid) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[])) AND type = ANY ($3::smallint[]) AND body IS NOT NULL
UNION
SELECT person_id, rid, version, type, id, class, body FROM resource_history
WHERE person_id = ANY ($4::bigint[]) AND type = ANY ($3::smallint[]) AND body IS NOT NULL
      AND EXISTS (SELECT FROM unnest($4::bigint[], $5::text[]) AS e (home, id)
                  WHERE e.home = person_id AND position(convert_to(e.id, 'UTF8') IN body) > 0)
