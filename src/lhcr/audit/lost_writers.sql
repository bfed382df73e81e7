-- name: free
-- Writers that have no end, whose entries all have their place, and whose lock nobody holds.
SELECT w.writer_id FROM audit_writer AS w
WHERE w.held AND w.last_seq IS NULL AND w.sequenced > 0
    AND NOT EXISTS (SELECT FROM audit_entry AS e WHERE e.writer_id = w.writer_id AND e.seq > w.sequenced)
    AND NOT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 2 AND classid = 19529 AND objid = (w.writer_id & 2147483647)::oid
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
ORDER BY w.writer_id LIMIT 500

-- name: wait_briefly
SET LOCAL lock_timeout = '1s'

-- name: try_lock
SELECT pg_try_advisory_xact_lock(19529, ($1::bigint & 2147483647)::int)

-- name: last_entry
SELECT seq, recorded, chain FROM audit_entry WHERE writer_id = $1 ORDER BY seq DESC LIMIT 1

-- name: end_writer
UPDATE audit_writer SET last_seq = $2::bigint + 1
WHERE writer_id = $1 AND last_seq IS NULL AND sequenced = $2
RETURNING writer_id
