-- name: of_decision
SELECT writer_id, seq, recorded, text FROM audit_entry WHERE decision = $1 ORDER BY recorded, writer_id, seq LIMIT $2

-- name: about_person
-- Entries of a page that ended in the midst of one instant go on behind the last one shown.
SELECT writer_id, seq, recorded, text FROM audit_entry
WHERE person_id = $1 AND recorded >= $2
  AND ($3::timestamptz IS NULL OR recorded <= $3 AND (recorded, writer_id, seq) < ($3, $4::bigint, $5::bigint))
ORDER BY recorded DESC, writer_id DESC, seq DESC LIMIT $6

-- name: trace
SELECT text FROM audit_trace WHERE digest = $1

-- name: last_head
SELECT tree_size, root_hash, recorded FROM audit_head ORDER BY tree_size DESC LIMIT 1
