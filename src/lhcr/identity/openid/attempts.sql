-- name: begin
INSERT INTO sign_in_attempt (state_digest, browser_digest, service, return_path, ends) VALUES ($1, $2, $3, $4, $5)

-- name: finish
DELETE FROM sign_in_attempt WHERE state_digest = $1 AND browser_digest = $2 AND service = $3 AND ends > $4 RETURNING return_path

-- name: sweep
DELETE FROM sign_in_attempt WHERE ends <= $1
