-- name: begin
INSERT INTO session (id_digest, claims, began, used) VALUES ($1, $2, $3, $3)

-- name: find
SELECT claims, began, used FROM session WHERE id_digest = $1 AND used > $2 AND began > $3

-- name: use
UPDATE session SET used = greatest(used, $2) WHERE id_digest = $1

-- name: end
DELETE FROM session WHERE id_digest = $1

-- name: sweep
DELETE FROM session WHERE used <= $1 OR began <= $2
