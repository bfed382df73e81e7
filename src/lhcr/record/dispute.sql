-- name: patient_of
-- The id by which an entry's own source calls the person, else the first that stands.
SELECT r.id FROM resource AS r JOIN access_class AS c ON c.class_id = r.class
WHERE r.person_id = $1 AND r.type = $2 AND r.body IS NOT NULL
ORDER BY c.source_id <> $3, r.rid LIMIT 1

-- name: source_named
SELECT ods, name FROM source WHERE source_id = $1

-- name: class_of
SELECT r.class, c.category, r.body FROM resource AS r JOIN access_class AS c ON c.class_id = r.class WHERE r.person_id = $1 AND r.rid = $2

-- name: open_disputes
-- Tasks about an entry that nobody has answered: $2 the type of Tasks, $3 the parameter of what they focus on, $4 and $5 the entry.
SELECT count(*) FROM resource AS r
     JOIN search_reference AS s ON s.person_id = r.person_id AND s.rid = r.rid
WHERE r.person_id = $1 AND r.type = $2 AND s.param = $3 AND s.target_type = $4 AND s.target_id = $5 AND r.body IS NOT NULL
