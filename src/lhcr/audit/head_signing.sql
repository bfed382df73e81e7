-- name: keys
SELECT statement FROM audit_key ORDER BY key_number

-- name: insert_key
INSERT INTO audit_key (key_number, statement) VALUES ($1, $2)

-- name: last_signed
SELECT note FROM audit_signed_head ORDER BY head_number DESC LIMIT 1

-- name: insert_signed
INSERT INTO audit_signed_head (head_number, note) VALUES ($1, $2)

-- name: forget_secret
-- With the private half of a key that no longer signs nobody can sign anew what it once signed.
DELETE FROM area_setting WHERE name = $1
