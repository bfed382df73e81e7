-- name: classes_of_followed
SELECT type, id, class FROM resource
WHERE (person_id, type, id) IN (SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::text[]))

-- name: held_on_shelf
SELECT FROM resource WHERE person_id = $1 AND type = $2 AND id = $3 FOR SHARE
