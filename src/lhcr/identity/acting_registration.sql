-- name: find
SELECT a.organisations, a.scopes, a.purposes, a.version
FROM acting_registration AS a JOIN client AS c ON c.client_id = a.client_id
WHERE a.client_id = $1 AND a.acts AND c.ended IS NULL

-- name: lock
SELECT organisations, scopes, purposes, version FROM acting_registration WHERE client_id = $1 AND acts FOR UPDATE

-- name: replace
INSERT INTO acting_registration AS a (client_id, organisations, scopes, purposes, version, acts)
SELECT client_id, $2, $3, $4, 1, true FROM client WHERE client_id = $1 AND ended IS NULL AND public_keys <> ''
ON CONFLICT (client_id) DO UPDATE SET organisations = excluded.organisations, scopes = excluded.scopes,
    purposes = excluded.purposes, version = a.version + 1, acts = true
RETURNING true

-- name: end
UPDATE acting_registration SET acts = false, version = version + 1 WHERE client_id = $1 AND acts RETURNING true
