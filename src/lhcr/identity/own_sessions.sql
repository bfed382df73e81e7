-- name: of_user
SELECT id_digest, claims, began, used, device, service, proved FROM session
WHERE user_id = $1 AND used > $2::timestamptz - idle AND ends > $2
ORDER BY used DESC, id_digest LIMIT $3

-- name: end
DELETE FROM session WHERE user_id = $1 AND 'session-' || substr(encode(id_digest, 'hex'), 1, 16) = ANY ($2::text[]) RETURNING id_digest
