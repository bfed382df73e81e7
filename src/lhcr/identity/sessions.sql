-- name: begin
INSERT INTO session (id_digest, claims, began, used, ends, idle, roles, user_id, service, provider_session, proved, device)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: find
SELECT claims, used, ends FROM session WHERE id_digest = $1 AND used > $2::timestamptz - idle AND ends > $2

-- name: roles
SELECT roles, began, claims FROM session WHERE id_digest = $1 AND used > $2::timestamptz - idle AND ends > $2

-- name: use
UPDATE session SET used = greatest(used, $2) WHERE id_digest = $1

-- name: end
DELETE FROM session WHERE id_digest = $1

-- name: end_for_another
DELETE FROM session WHERE id_digest = $1 AND used > $2::timestamptz - idle AND ends > $2 
RETURNING began, roles, service, provider_session, proved, device

-- name: sweep
DELETE FROM session WHERE used <= $1::timestamptz - idle OR ends <= $1
