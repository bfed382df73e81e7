-- name: epoch
SELECT epoch FROM sensitivity

-- name: codes
SELECT system, code, label FROM value_set_code

-- name: restricted_sources
SELECT person_id, source_id FROM entry_order WHERE source_id IS NOT NULL AND kind = 'restriction' AND released IS NULL

-- name: relabelling_goes_on
-- What counts has changed, and nothing that a relabelling under way looks for: it goes on where it is.
UPDATE relabelling SET epoch = $1

-- name: sets
-- The sets with how many codes they name, in the order of their names; those that are leaving too.
SELECT s.name, s.version, s.label, s.loaded, s.in_force, s.leaving,
       (SELECT count(*) FROM value_set_code AS c WHERE c.name = s.name AND NOT c.leaving) AS codes
FROM value_set AS s ORDER BY s.name

-- name: set
SELECT name, version, label, loaded, in_force, leaving FROM value_set WHERE name = $1

-- name: lock
-- One change of the sets at a time. The number spells lhcrsens.
SELECT pg_advisory_xact_lock(7811602896887574131)

-- name: put_set
INSERT INTO value_set (name, version, label, loaded) VALUES ($1, $2, $3, $4)
ON CONFLICT (name) DO UPDATE
SET version = excluded.version, label = excluded.label, loaded = excluded.loaded, in_force = NULL, leaving = false

-- name: put_version
-- A version that names the same codes is in force as the one before was.
UPDATE value_set SET version = $2 WHERE name = $1

-- name: leave_codes
-- What the set names no more goes on counting until its relabelling has come so far.
UPDATE value_set_code SET leaving = true
WHERE name = $1 AND NOT leaving
      AND (label <> $2 OR (system, code) NOT IN (SELECT * FROM unnest($3::text[], $4::text[])))

-- name: put_codes
INSERT INTO value_set_code (name, label, system, code)
SELECT $1, $2, system, code FROM unnest($3::text[], $4::text[]) AS e (system, code)
ON CONFLICT (name, label, system, code) DO UPDATE SET leaving = false WHERE value_set_code.leaving

-- name: leave_set
UPDATE value_set SET leaving = true, in_force = NULL WHERE name = $1 AND NOT leaving

-- name: raise_epoch
UPDATE sensitivity SET epoch = epoch + 1 RETURNING epoch

-- name: raise_policy_epoch
UPDATE policy SET epoch = epoch + 1

-- name: begin
UPDATE relabelling
SET epoch = $1, phase = $2, step = 0, changed = false, person_id = -9223372036854775808, rid = 0, version = 0

-- name: place
SELECT epoch, phase, step, changed, person_id, rid, version FROM relabelling

-- name: drop_leaving
DELETE FROM value_set_code WHERE leaving

-- name: finish
UPDATE value_set SET in_force = $1 WHERE in_force IS NULL AND NOT leaving

-- name: drop_sets
DELETE FROM value_set WHERE leaving
