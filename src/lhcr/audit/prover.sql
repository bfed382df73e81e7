-- name: entry
SELECT e.salt, e.digest, e.text, l.leaf_index
FROM audit_entry AS e LEFT JOIN audit_leaf AS l USING (writer_id, seq)
WHERE writer_id = $1 AND seq = $2

-- name: last_signed
SELECT note FROM audit_signed_head ORDER BY head_number DESC LIMIT 1

-- name: keys
SELECT statement FROM audit_key ORDER BY key_number

-- name: leaves
SELECT leaf_hash FROM audit_leaf WHERE leaf_index >= $1 AND leaf_index < $2 ORDER BY leaf_index
