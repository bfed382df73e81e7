-- What unmerging does to rows: $1 is the survivor, of whose record a part goes back, and $2 the person who was merged, where a statement
-- needs either. {table} is a table by person, {columns} its columns but `person_id`, {key} those of its key but `person_id`.

-- name: order
SELECT m.merge_id, m.merged_id, m.survivor_id, m.reason, m.authority, m.given, m.given_by, m.undone,
       p.survivor_id IS NOT NULL AS goes_on
FROM person_merge AS m JOIN person AS p ON p.person_id = m.survivor_id
WHERE m.merge_id = $1

-- name: lock_order
SELECT undone FROM person_merge WHERE merge_id = $1 FOR UPDATE

-- name: parts
SELECT kind, part FROM merged_part WHERE person_id = $1 AND merge_id = $2

-- name: brought
-- The entries of a record that a merge brought, and those that were written since a moment, $3.
SELECT r.rid, r.type, r.id, r.version, r.last_updated, r.body, c.source_id, m.rid IS NOT NULL AS brought
FROM resource AS r JOIN access_class AS c ON c.class_id = r.class
     LEFT JOIN merged_row AS m ON m.person_id = r.person_id AND m.rid = r.rid AND m.merge_id = $2
WHERE r.person_id = $1 AND (m.rid IS NOT NULL OR r.last_updated > $3)
ORDER BY r.rid

-- name: patients_beside
-- The Patients of a record that no merge of this name brought.
SELECT r.rid, r.type, r.id, r.version, r.last_updated, r.body, c.source_id
FROM resource AS r JOIN access_class AS c ON c.class_id = r.class
WHERE r.person_id = $1 AND r.type = $3
      AND NOT EXISTS (SELECT FROM merged_row AS m WHERE m.person_id = r.person_id AND m.rid = r.rid AND m.merge_id = $2)

-- name: return
INSERT INTO {table} (person_id, {columns}) SELECT $2, {columns} FROM {table} WHERE person_id = $1 AND rid = ANY ($3::bigint[])

-- name: leave
DELETE FROM {table} WHERE person_id = $1 AND rid = ANY ($2::bigint[])

-- name: return_parts
-- Rows that have no rid, by their keys. $3: the merge; $4: the table's name.
INSERT INTO {table} (person_id, {columns}) SELECT $2, {columns} FROM {table} AS t
WHERE t.person_id = $1 AND ARRAY[{key}]::text[] IN (
    SELECT part FROM merged_part WHERE person_id = $1 AND merge_id = $3 AND kind = $4)

-- name: leave_parts
-- $2: the merge; $3: the table's name.
DELETE FROM {table} AS t
WHERE t.person_id = $1 AND ARRAY[{key}]::text[] IN (
    SELECT part FROM merged_part WHERE person_id = $1 AND merge_id = $2 AND kind = $3)

-- name: share_orders
-- Hazard: a sensitive item exposed, or a record opened by a word that is contested. What was ordered while the two were one holds of the
-- entries of each: an order of $1 about rows that are with $2 now is one about $2 as well, under the same reference.
INSERT INTO entry_order AS s (person_id, order_id, kind, authority, given, given_by, rids, released, source_id)
SELECT $2::bigint, o.order_id, o.kind, o.authority, o.given, o.given_by, theirs.rids, o.released, o.source_id
FROM entry_order AS o CROSS JOIN LATERAL (
    SELECT array_agg(r.rid) AS rids FROM resource AS r WHERE r.person_id = $2 AND r.rid = ANY (o.rids)) AS theirs
WHERE o.person_id = $1 AND theirs.rids IS NOT NULL
ON CONFLICT (person_id, order_id) DO NOTHING

-- name: leave_orders
-- An order about entries all of which are with $2 now, and about nothing that may yet come, is none about $1.
DELETE FROM entry_order AS o
WHERE o.person_id = $1 AND o.source_id IS NULL
      AND EXISTS (SELECT FROM entry_order AS s WHERE s.person_id = $2 AND s.order_id = o.order_id)
      AND NOT EXISTS (SELECT FROM resource AS r WHERE r.person_id = $1 AND r.rid = ANY (o.rids))

-- name: ods_of
SELECT source_id, ods FROM source WHERE source_id = ANY ($1::integer[])

-- name: return_ids
UPDATE locator SET person_id = $2
WHERE person_id = $1 AND (type, id) IN (
    SELECT part[1]::smallint, part[2] FROM merged_part WHERE person_id = $1 AND merge_id = $3 AND kind = 'locator')

-- name: return_ids_of_rows
-- $3 and $4: types and ids of entries that go back.
UPDATE locator SET person_id = $2 WHERE person_id = $1 AND (type, id) IN (SELECT * FROM unnest($3::smallint[], $4::text[]))

-- name: return_loaded
UPDATE loaded_id SET person_id = $2
WHERE person_id = $1 AND (source_id, type, source_key) IN (
    SELECT part[1]::integer, part[2]::smallint, part[3] FROM merged_part
    WHERE person_id = $1 AND merge_id = $3 AND kind = 'loaded_id')

-- name: return_loaded_of_rows
UPDATE loaded_id SET person_id = $2 WHERE person_id = $1 AND (type, id) IN (SELECT * FROM unnest($3::smallint[], $4::text[]))

-- name: return_identifiers
UPDATE person_identifier SET person_id = $2
WHERE person_id = $1 AND (source_id, system, value) IN (
    SELECT part[1]::integer, part[2], part[3] FROM merged_part WHERE person_id = $1 AND merge_id = $3 AND kind = 'identifier')

-- name: return_claims
-- What is claimed by Patients that go back, and by none that stays.
UPDATE person_identifier SET person_id = $2
WHERE person_id = $1 AND (source_id, system, value) IN (SELECT * FROM unnest($3::integer[], $4::text[], $5::text[]))

-- name: return_released
-- A number that was taken from the merged, where nobody has it meanwhile; then it is set apart for nobody any more. $3: the merge.
WITH returned AS (
    INSERT INTO person_identifier (source_id, system, value, person_id)
    SELECT 0, part[1], part[2], $2 FROM merged_part WHERE person_id = $1 AND merge_id = $3 AND kind = 'released'
    ON CONFLICT (source_id, system, value) DO NOTHING
    RETURNING system, value)
DELETE FROM person_identifier AS i USING returned AS r
WHERE i.person_id IN ($1, $2) AND i.source_id <> 0 AND i.system = r.system AND i.value = r.value

-- name: return_apart
-- Where somebody has it, it goes on to be set apart, for the merged.
UPDATE person_identifier AS i SET person_id = $2
FROM merged_part AS p
WHERE p.person_id = $1 AND p.merge_id = $3 AND p.kind = 'released' AND i.person_id = $1 AND i.source_id <> 0
      AND i.system = p.part[1] AND i.value = p.part[2]

-- name: reroute
-- $1: entries whose ids lead elsewhere; $2: where they are.
INSERT INTO returned_entry (rid, person_id) SELECT rid, $2 FROM unnest($1::bigint[]) AS e (rid)
ON CONFLICT (rid) DO UPDATE SET person_id = excluded.person_id

-- name: naming_both
-- Every version of the entries, wherever they are at home, that name one of two persons: $3 and $4, homes and rids, and whatever names them by now.
WITH named AS (
    SELECT home_person_id AS person_id, rid FROM resource_member WHERE person_id IN ($1, $2)
    UNION SELECT * FROM unnest($3::bigint[], $4::bigint[])
)
SELECT r.person_id, r.rid, NULL::integer AS version, r.type, r.class, r.members, r.body
FROM resource AS r JOIN named USING (person_id, rid)
UNION ALL
SELECT r.person_id, r.rid, r.version, r.type, r.class, r.members, r.body
FROM resource_history AS r JOIN named USING (person_id, rid)

-- name: rename_homes
UPDATE resource_member SET home_person_id = $2 WHERE home_person_id = $1 AND rid = ANY ($3::bigint[])

-- name: forget_members
DELETE FROM resource_member
WHERE person_id = ANY ($1::bigint[]) AND (home_person_id, rid) IN (SELECT * FROM unnest($2::bigint[], $3::bigint[]))

-- name: note_members
INSERT INTO resource_member (person_id, home_person_id, rid, type, class)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::integer[])
ON CONFLICT (person_id, home_person_id, rid) DO NOTHING

-- name: name_current
UPDATE resource SET members = $3 WHERE person_id = $1 AND rid = $2

-- name: name_past
UPDATE resource_history SET members = $4 WHERE person_id = $1 AND rid = $2 AND version = $3

-- name: forget_rows
DELETE FROM merged_row WHERE person_id = $1 AND merge_id = $2

-- name: forget_parts
DELETE FROM merged_part WHERE person_id = $1 AND merge_id = $2

-- name: undo
UPDATE person_merge SET undone = $2 WHERE merge_id = $1

-- name: stand_again
UPDATE person SET survivor_id = NULL, uses_shelf = uses_shelf OR (SELECT uses_shelf FROM person WHERE person_id = $1)
WHERE person_id = $2

-- name: notice
INSERT INTO outbox (person_id, rids)
SELECT person_id, array_agg(rid) FROM resource WHERE person_id = ANY ($1::bigint[]) AND rid = ANY ($2::bigint[]) GROUP BY person_id
