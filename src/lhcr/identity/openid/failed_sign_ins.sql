-- name: count
INSERT INTO failed_sign_in (name_digest, minute, times) VALUES ($1, $2, 1)
ON CONFLICT (name_digest, minute) DO UPDATE SET times = failed_sign_in.times + 1 RETURNING times

-- name: sweep
DELETE FROM failed_sign_in WHERE minute < $1
