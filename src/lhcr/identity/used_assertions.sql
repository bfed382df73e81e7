-- name: use
INSERT INTO used_assertion (id_digest, until) VALUES ($1, $2) ON CONFLICT (id_digest) DO NOTHING RETURNING true
