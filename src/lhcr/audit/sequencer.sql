-- name: try_lock
-- The number spells lhcraseq.
SELECT pg_try_advisory_lock(7811887398896067953)

-- name: unlock
SELECT pg_advisory_unlock(7811887398896067953)

-- name: raise_fence
UPDATE audit_sequencer SET fence = fence + 1 RETURNING fence

-- name: hold_fence
-- Held to the end of the transaction: whoever was thought dead and still writes finds another number, or waits and then does.
SELECT fence FROM audit_sequencer WHERE fence = $1 FOR UPDATE

-- name: hold_any_fence
SELECT fence FROM audit_sequencer FOR UPDATE

-- name: last_head
SELECT tree_size, frontier FROM audit_head ORDER BY tree_size DESC LIMIT 1

-- name: waiting
SELECT w.writer_id, w.sequenced, e.seq, e.recorded, e.digest
FROM audit_writer AS w CROSS JOIN LATERAL (
    SELECT seq, recorded, digest FROM audit_entry
    WHERE writer_id = w.writer_id AND seq > w.sequenced
    ORDER BY seq LIMIT $1
) AS e
WHERE w.last_seq IS NULL OR w.sequenced < w.last_seq
ORDER BY w.writer_id, e.seq

-- name: insert_leaves
INSERT INTO audit_leaf (leaf_index, writer_id, seq, leaf_hash)
SELECT $1::bigint - 1 + n, writer_id, seq, leaf_hash
FROM unnest($2::bigint[], $3::bigint[], $4::bytea[]) WITH ORDINALITY AS leaf (writer_id, seq, leaf_hash, n)

-- name: advance_writers
UPDATE audit_writer AS w SET sequenced = done.seq
FROM (SELECT writer_id, max(seq) AS seq FROM unnest($1::bigint[], $2::bigint[]) AS leaf (writer_id, seq) GROUP BY writer_id) AS done
WHERE w.writer_id = done.writer_id

-- name: insert_head
INSERT INTO audit_head (tree_size, root_hash, recorded, frontier, fence) VALUES ($1, $2, $3, $4, $5)
