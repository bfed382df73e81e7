-- name: tail
-- Entries in the order of the tree, from one leaf on; text is null where it was disposed of.
SELECT leaf.leaf_index, entry.text
FROM audit_leaf AS leaf JOIN audit_entry AS entry USING (writer_id, seq)
WHERE leaf.leaf_index >= $1 AND leaf.leaf_index < $1 + $2
ORDER BY leaf.leaf_index

-- name: found_nobody
SELECT asked.decision FROM unnest($1::bigint[]) AS asked (decision)
WHERE NOT EXISTS (SELECT FROM audit_entry AS e WHERE e.decision = asked.decision AND e.person_id IS NOT NULL)
