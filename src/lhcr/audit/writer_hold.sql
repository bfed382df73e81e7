-- name: begin_writer
-- The lock is had before anybody sees the writer. Locks of two numbers are no writes to the horizon of searches; 19527 is another's,
-- 19529 is the log's.
INSERT INTO audit_writer (writer_id, held) VALUES (nextval('audit_writer_id_sequence'), true)
RETURNING writer_id, pg_advisory_lock(19529, (writer_id & 2147483647)::int)

-- name: hold_again
SELECT pg_advisory_lock(19529, (writer_id & 2147483647)::int) FROM unnest($1::bigint[]) AS writer (writer_id)

-- name: let_go
SELECT pg_advisory_unlock(19529, (writer_id & 2147483647)::int) FROM unnest($1::bigint[]) AS writer (writer_id)

-- name: let_all_go
SELECT pg_advisory_unlock_all()
