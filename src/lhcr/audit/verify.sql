-- name: writers
SELECT writer_id, sequenced, last_seq FROM audit_writer

-- name: entries
SELECT writer_id, seq, recorded, person_id, salt, digest, chain, text FROM audit_entry ORDER BY writer_id, seq

-- name: heads
SELECT tree_size, root_hash FROM audit_head

-- name: keys
SELECT statement FROM audit_key ORDER BY key_number

-- name: signed_heads
SELECT head_number AS number, note FROM audit_signed_head ORDER BY head_number

-- name: leaves
SELECT l.leaf_index, l.writer_id, l.seq, l.leaf_hash, e.digest, e.recorded
FROM audit_leaf AS l LEFT JOIN audit_entry AS e ON e.writer_id = l.writer_id AND e.seq = l.seq
ORDER BY l.leaf_index
