-- name: numbers
SELECT uri, system_id FROM code_system WHERE uri = ANY ($1::text[])

-- name: lock
SELECT pg_advisory_xact_lock(8101253743)

-- name: create
INSERT INTO code_system (system_id, uri)
SELECT (SELECT coalesce(max(system_id), 0) FROM code_system) + row_number() OVER (ORDER BY uri), uri
FROM (
    SELECT DISTINCT e.uri FROM unnest($1::text[]) AS e (uri)
    WHERE NOT EXISTS (SELECT FROM code_system AS known WHERE known.uri = e.uri)
) AS missing
