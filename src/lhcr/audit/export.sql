-- name: rows
-- Every entry with its leaf, in the order of the tree, then what has no place yet; a leaf whose entry is gone stands alone.
SELECT writer_id, seq, e.recorded, e.person_id, e.salt, e.digest, e.chain, e.text, l.leaf_index, l.leaf_hash
FROM audit_entry AS e FULL JOIN audit_leaf AS l USING (writer_id, seq)
ORDER BY l.leaf_index NULLS LAST, writer_id, seq
