-- name: epochs
SELECT policy.epoch AS policy_epoch, (SELECT epoch FROM person WHERE person_id = $1) AS person_epoch FROM policy

-- name: locate
SELECT type, id, person_id, source_id FROM locator
WHERE (type, id) IN (SELECT * FROM unnest($1::smallint[], $2::text[]))

-- name: person_of_identifier
SELECT source_id, system, value, person_id FROM person_identifier
WHERE (source_id, system, value) IN (SELECT * FROM unnest($1::integer[], $2::text[], $3::text[]))

-- name: claim_identifiers
-- Sorted, so that two writers with the same identifiers wait for each other in one order. A row that another transaction is
-- writing is waited for; the one who comes second finds it in the look-up that follows. A row that stands is only locked.
INSERT INTO person_identifier (source_id, system, value, person_id)
SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::bigint[]) AS e (source_id, system, value, person_id)
ORDER BY source_id, system, value
ON CONFLICT (source_id, system, value) DO UPDATE SET person_id = excluded.person_id WHERE false
RETURNING source_id, system, value

-- name: claim_ids
INSERT INTO locator (type, id, person_id, source_id)
SELECT * FROM unnest($1::smallint[], $2::text[], $3::bigint[], $4::integer[]) AS e (type, id, person_id, source_id)
ORDER BY type, id
ON CONFLICT (type, id) DO NOTHING
RETURNING type, id

-- name: new_persons
INSERT INTO person (person_id) SELECT nextval('person_id_sequence') FROM generate_series(1, $1) RETURNING person_id

-- name: forget_persons
-- Persons who were made in the same transaction and turned out to be here already.
DELETE FROM person WHERE person_id = ANY ($1::bigint[])

-- name: hand_over_identifiers
UPDATE person_identifier AS i SET person_id = e.person_id
FROM unnest($1::integer[], $2::text[], $3::text[], $4::bigint[]) AS e (source_id, system, value, person_id)
WHERE i.source_id = e.source_id AND i.system = e.system AND i.value = e.value

-- name: release_identifiers
DELETE FROM person_identifier
WHERE (source_id, system, value, person_id) IN (SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::bigint[]))

-- name: last_bodies
-- What stands, or stood before it was deleted.
SELECT r.type, r.id, coalesce(r.body, (
    SELECT h.body FROM resource_history AS h
    WHERE h.person_id = r.person_id AND h.rid = r.rid AND h.body IS NOT NULL
    ORDER BY h.version DESC LIMIT 1)) AS body
FROM resource AS r
WHERE (r.person_id, r.type, r.id) IN (SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::text[]))

-- name: known_patients
-- What the Patients of a person say, or said before they were withdrawn.
SELECT r.id, coalesce(r.body, (
    SELECT h.body FROM resource_history AS h
    WHERE h.person_id = r.person_id AND h.rid = r.rid AND h.body IS NOT NULL
    ORDER BY h.version DESC LIMIT 1)) AS body
FROM resource AS r
WHERE r.person_id = $1 AND r.type = $2

-- name: other_bodies
SELECT class, body FROM resource
WHERE person_id = ANY ($1::bigint[]) AND type = $2 AND rid <> ALL ($3::bigint[]) AND body IS NOT NULL

-- name: hand_over_ids
UPDATE locator AS l SET person_id = e.person_id
FROM unnest($1::smallint[], $2::text[], $3::bigint[]) AS e (type, id, person_id)
WHERE l.type = e.type AND l.id = e.id

-- name: next_rid_block
SELECT nextval('rid_sequence') AS first

-- name: lock_persons
SELECT person_id, epoch, survivor_id, (SELECT epoch FROM sensitivity) AS sensitivity
FROM person WHERE person_id = ANY ($1::bigint[]) ORDER BY person_id FOR UPDATE OF person

-- name: existing_resources
-- With FOR UPDATE where they are to be locked, in one order.
SELECT person_id, type, id, rid, version, class, members, body
FROM resource
WHERE (person_id, type, id) IN (SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::text[]))
ORDER BY person_id, type, id

-- name: classes_of_resources
SELECT id, class FROM resource
WHERE (person_id, type, id) IN (SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::text[]))

-- name: existing_directory_resources
SELECT person_id, type, id, rid, version, class, members, body
FROM directory_resource
WHERE (person_id, type, id) IN (SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::text[]))
ORDER BY person_id, type, id

-- name: holder_of_id
SELECT person_id FROM locator WHERE type = $1 AND id = $2

-- name: loaded
-- Name by name (OFFSET keeps it so): planned while nothing had been loaded yet, a join would look through all names each time.
SELECT e.type, e.source_key, l.id, l.person_id, l.digest
FROM unnest($2::smallint[], $3::text[]) AS e (type, source_key)
     CROSS JOIN LATERAL (
         SELECT id, person_id, digest FROM loaded_id
         WHERE source_id = $1 AND type = e.type AND source_key = e.source_key
         OFFSET 0
     ) AS l

-- name: remember_changed
-- The number of names whose resource has changed: one that is not any more as it was looked up ($5: its digest then) does not count.
-- Asked only where something has changed: planned while nothing had been loaded yet, it would look through all names each time.
WITH changed AS (
    UPDATE loaded_id AS l SET digest = e.digest
    FROM unnest($2::smallint[], $3::text[], $4::bytea[], $5::bytea[]) AS e (type, source_key, digest, before)
    WHERE l.source_id = $1::integer AND l.type = e.type AND l.source_key = e.source_key AND l.digest = e.before
    RETURNING l.type
)
SELECT count(*) FROM changed

-- name: ods_codes
SELECT r.id, min(t.code) AS code
FROM directory_resource AS r
     JOIN directory_search_token AS t ON t.person_id = r.person_id AND t.rid = r.rid
WHERE r.person_id = 0 AND r.type = $1 AND r.id = ANY ($2::text[]) AND t.param = ANY ($3::smallint[])
      AND t.system = ANY ($4::integer[])
GROUP BY r.id

-- name: lock_condition
SELECT pg_advisory_xact_lock($1)

-- name: directory_tokens
-- $4: the classes that may be seen, as a mask (store/search/class_mask.py). Hazard: a hidden entry told by what a write finds.
SELECT q.place, min(r.type) AS type, min(r.id) AS id
FROM unnest($1::smallint[], $2::integer[], $3::text[]) WITH ORDINALITY AS q (param, system, code, place)
     JOIN directory_search_token AS t ON t.person_id = 0 AND t.param = q.param AND t.code = q.code AND t.system = q.system
     JOIN directory_resource AS r ON r.person_id = 0 AND r.rid = t.rid
WHERE CASE WHEN r.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, r.class) = 1 ELSE false END
GROUP BY q.place
HAVING count(DISTINCT r.rid) = 1

-- name: patients_in_sight
-- The Patients of a person that a source contributed itself or that the decision lets be seen, and which of them stand.
SELECT r.id, r.body IS NOT NULL AS stands
FROM resource AS r
     JOIN access_class AS c ON c.class_id = r.class
WHERE r.person_id = $1 AND r.type = $2 AND (c.source_id = $3 OR CASE WHEN r.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, r.class) = 1 ELSE false END)

-- name: patients_of_many_in_sight
-- As above, of several persons at once.
SELECT r.person_id, r.id, r.body IS NOT NULL AS stands
FROM resource AS r
     JOIN access_class AS c ON c.class_id = r.class
WHERE r.person_id = ANY ($1::bigint[]) AND r.type = $2 AND (c.source_id = $3 OR CASE WHEN r.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, r.class) = 1 ELSE false END)

-- name: targets_in_sight
-- What is read as deleted may be seen too.
SELECT r.type, r.id
FROM resource AS r
     JOIN access_class AS c ON c.class_id = r.class
WHERE (r.person_id, r.type, r.id) IN (SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::text[]))
      AND (c.source_id = $4 OR CASE WHEN r.class < 8 * octet_length($5::bytea) THEN get_bit($5::bytea, r.class) = 1 ELSE false END)
      AND (r.person_id > 0 OR r.members IS NULL OR $6::bigint[] IS NULL OR r.members <@ $6::bigint[])

-- name: standing_patients
-- The Patients of a person, and which of them the source contributed itself or the decision lets be seen.
SELECT r.body, c.source_id = $3 OR CASE WHEN r.class < 8 * octet_length($4::bytea) THEN get_bit($4::bytea, r.class) = 1 ELSE false END AS in_sight
FROM resource AS r
     JOIN access_class AS c ON c.class_id = r.class
WHERE r.person_id = $1 AND r.type = $2 AND r.body IS NOT NULL
