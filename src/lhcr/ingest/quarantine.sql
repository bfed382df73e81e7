-- name: keep
-- The same bytes with the same error are kept once, so that loading a file again adds nothing.
INSERT INTO quarantine (source_id, origin, error, reason, digest, content)
SELECT $1::integer, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bytea[], $6::bytea[])
ON CONFLICT (source_id, digest, error) DO NOTHING
