-- name: offer
INSERT INTO role_choice (id_digest, roles, return_path, ends, service, provider_session, proved, device)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: find
SELECT roles, return_path, service, provider_session, proved, device FROM role_choice WHERE id_digest = $1 AND ends > $2

-- name: take
DELETE FROM role_choice WHERE id_digest = $1 AND ends > $2 
RETURNING roles, return_path, service, provider_session, proved, device

-- name: sweep
DELETE FROM role_choice WHERE ends <= $1
