-- name: read
SELECT value FROM area_setting WHERE name = $1

-- name: make
INSERT INTO area_setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING

-- name: replace
INSERT INTO area_setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value
