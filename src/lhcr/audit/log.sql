-- name: begin_writer
INSERT INTO audit_writer (writer_id) VALUES (nextval('audit_writer_id_sequence')) RETURNING writer_id

-- name: end_writer
-- What was thought lost meanwhile has its end already.
UPDATE audit_writer SET last_seq = $2 WHERE writer_id = $1 AND last_seq IS NULL

-- name: insert_entries
INSERT INTO audit_entry (writer_id, seq, recorded, person_id, decision, salt, digest, chain, text)
SELECT $1::bigint, $2::bigint - 1 + n, recorded, person_id, decision, salt, digest, chain, text
FROM unnest($3::timestamptz[], $4::bigint[], $5::bigint[], $6::bytea[], $7::bytea[], $8::bytea[], $9::bytea[])
    WITH ORDINALITY AS entry (recorded, person_id, decision, salt, digest, chain, text, n)

-- name: remember_trace
INSERT INTO audit_trace (digest, text) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING

-- name: stands
SELECT EXISTS (SELECT FROM audit_entry WHERE writer_id = $1 AND seq = $2)
