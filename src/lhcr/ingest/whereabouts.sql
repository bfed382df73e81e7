-- name: before
-- What is known of Patients by id before they are written, and the moment before that.
SELECT clock_timestamp() AS at, ARRAY(SELECT id FROM locator WHERE type = $1 AND id = ANY ($2::text[])) AS known

-- name: older_persons
SELECT person_id FROM person WHERE person_id = ANY ($1::bigint[]) AND created < $2

-- name: missing
-- Names that no load of this source has brought and that nobody else has chosen as an id. What is only referred to so far has
-- an empty digest; a Patient's id that this source itself made known may be a mere stand-in, too.
SELECT e.type, e.id
FROM unnest($2::smallint[], $3::text[], $4::text[]) AS e (type, id, source_key)
WHERE NOT EXISTS (SELECT FROM loaded_id AS l
                  WHERE l.source_id = $1 AND l.type = e.type AND l.source_key = e.source_key AND l.digest <> '')
  AND NOT EXISTS (SELECT FROM locator AS l
                  WHERE l.type = e.type AND l.id = e.id AND (l.type <> $5 OR l.source_id <> $1))
