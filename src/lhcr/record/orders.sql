-- What orders of the privacy office do to the rows of entries. {table} is a table by person whose rows name an entry by `rid`.

-- name: entry_named
SELECT r.person_id, r.type, r.id, r.rid, r.version, c.source_id
FROM resource AS r JOIN access_class AS c ON c.class_id = r.class
WHERE r.person_id = $1 AND r.type = $2 AND r.id = $3

-- name: entries_of_source
SELECT r.person_id, r.type, r.id, r.rid, r.version, c.source_id
FROM resource AS r JOIN access_class AS c ON c.class_id = r.class
     JOIN source AS s ON s.source_id = c.source_id
WHERE r.person_id = $1 AND s.ods = $2
ORDER BY r.type, r.id

-- name: bodies_of
-- Every version that some entries of one person have or had.
SELECT rid, body FROM resource WHERE person_id = $1 AND rid = ANY ($2::bigint[]) AND body IS NOT NULL
UNION ALL
SELECT rid, body FROM resource_history WHERE person_id = $1 AND rid = ANY ($2::bigint[]) AND body IS NOT NULL

-- name: other_bodies_of_person
-- Every version of a person's other entries.
SELECT v.type, v.id, v.rid, v.body, c.source_id
FROM (
    SELECT type, id, rid, class, body FROM resource WHERE person_id = $1
    UNION ALL
    SELECT type, id, rid, class, body FROM resource_history WHERE person_id = $1
) AS v JOIN access_class AS c ON c.class_id = v.class
WHERE v.body IS NOT NULL AND v.rid <> ALL ($2::bigint[])
ORDER BY v.type, v.id

-- name: named_elsewhere
-- Whether an entry that is not among some rows names one on the shelf: by a reference, or by its address.
SELECT EXISTS (
    SELECT FROM search_reference WHERE param = ANY ($1::smallint[]) AND target_type = $2 AND target_id = $3 AND rid <> ALL ($5::bigint[])
) OR EXISTS (
    SELECT FROM search_uri WHERE param = ANY ($1::smallint[]) AND value = ANY ($4::text[]) AND rid <> ALL ($5::bigint[])
)

-- name: followers
-- Entries of a person that refer to some of theirs, of types that may follow what they refer to, with what they say.
SELECT r.person_id, r.type, r.id, r.rid, r.version, c.source_id, r.body
FROM resource AS r JOIN access_class AS c ON c.class_id = r.class
WHERE r.person_id = $1 AND r.body IS NOT NULL AND r.type = ANY ($2::smallint[]) AND r.rid IN (
    SELECT s.rid FROM search_reference AS s
         JOIN unnest($3::smallint[], $4::text[]) AS e (type, id) ON s.target_type = e.type AND s.target_id = e.id
    WHERE s.person_id = $1)

-- name: members_of
SELECT DISTINCT person_id FROM resource_member
WHERE (home_person_id, rid) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))

-- name: tables_of_rows
-- The tables among some whose rows name an entry: each has the columns `person_id` and `rid`; `classed`: and a class.
SELECT c.table_name::text AS name, bool_or(c.column_name = 'class') AS classed
FROM information_schema.columns AS c
WHERE c.table_schema = current_schema() AND c.table_name = ANY ($1::text[]) AND c.column_name IN ('rid', 'class')
GROUP BY c.table_name HAVING bool_or(c.column_name = 'rid')
ORDER BY c.table_name

-- name: forget_rows
DELETE FROM {table} WHERE ({person}, rid) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))

-- name: forget_notices
UPDATE outbox AS o SET rids = array(SELECT e.rid FROM unnest(o.rids) AS e (rid) WHERE e.rid <> ALL ($2::bigint[]))
WHERE o.person_id = ANY ($1::bigint[]) AND o.rids && $2::bigint[]

-- name: forget_empty_notices
DELETE FROM outbox WHERE person_id = ANY ($1::bigint[]) AND rids = '{}'

-- name: sources_without_entries
-- Those of some sources that have nothing in a person's record.
SELECT s.ods FROM source AS s
WHERE s.source_id = ANY ($2::integer[])
      AND NOT EXISTS (
          SELECT FROM resource AS r JOIN access_class AS c ON c.class_id = r.class
          WHERE r.person_id = $1 AND c.source_id = s.source_id)

-- name: forget_ids
DELETE FROM locator WHERE (type, id) IN (SELECT * FROM unnest($1::smallint[], $2::text[]))

-- name: loaded_names
SELECT source_id, type, source_key, id FROM loaded_id
WHERE (source_id, type, id) IN (SELECT * FROM unnest($1::integer[], $2::smallint[], $3::text[]))

-- name: forget_loaded
DELETE FROM loaded_id
WHERE (source_id, type, source_key) IN (SELECT * FROM unnest($1::integer[], $2::smallint[], $3::text[]))

-- name: forget_loaded_content
-- A name that other entries of its source still need says no more what came under it.
UPDATE loaded_id SET digest = ''
WHERE (source_id, type, source_key) IN (SELECT * FROM unnest($1::integer[], $2::smallint[], $3::text[]))

-- name: patients_that_stay
SELECT r.rid, c.source_id, r.body
FROM resource AS r JOIN access_class AS c ON c.class_id = r.class
WHERE r.person_id = $1 AND r.type = $2 AND r.rid <> ALL ($3::bigint[])

-- name: sources_that_stay
SELECT DISTINCT c.source_id
FROM resource AS r JOIN access_class AS c ON c.class_id = r.class
WHERE r.person_id = $1 AND r.rid <> ALL ($2::bigint[])

-- name: forget_identifiers
DELETE FROM person_identifier
WHERE (source_id, system, value) IN (SELECT * FROM unnest($1::integer[], $2::text[], $3::text[])) AND person_id = $4

-- name: quarantined
SELECT quarantine_id, content FROM quarantine
WHERE source_id = $1 AND position($2::bytea in content) > 0

-- name: forget_quarantined
UPDATE quarantine SET content = convert_to('Removed under an order.', 'UTF8') WHERE quarantine_id = ANY ($1::bigint[])

-- name: raise_epochs
UPDATE person SET epoch = epoch + 1 WHERE person_id = ANY ($1::bigint[])

-- name: give_order
INSERT INTO entry_order (person_id, order_id, kind, authority, given, given_by, rids, source_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: restrict_later
-- Rows that a source wrote while a restriction of all of theirs stands are rows of that order too.
UPDATE entry_order AS o SET rids = array(SELECT DISTINCT rid FROM unnest(o.rids || $3::bigint[]) AS e (rid))
WHERE o.person_id = $1 AND o.source_id = $2 AND o.kind = 'restriction' AND o.released IS NULL

-- name: rows_of_source
SELECT r.rid FROM resource AS r JOIN access_class AS c ON c.class_id = r.class
WHERE r.person_id = $1 AND c.source_id = $2

-- name: orders_named
-- One that was given while two persons were one may be about each of both since: what is not released yet comes first.
SELECT person_id, order_id, kind, authority, given, given_by, rids, released, source_id FROM entry_order WHERE order_id = $1
ORDER BY released IS NOT NULL, person_id

-- name: orders_of_person
SELECT person_id, order_id, kind, authority, given, given_by, rids, released, source_id FROM entry_order
WHERE person_id = $1 ORDER BY given, order_id

-- name: release_order
UPDATE entry_order SET released = $3 WHERE person_id = $1 AND order_id = $2 AND released IS NULL RETURNING kind, rids

-- name: keep_names_out
INSERT INTO removed_name (name_digest, person_id, order_id) SELECT *, $2::bigint, $3::text FROM unnest($1::bytea[])
ON CONFLICT (name_digest) DO UPDATE SET order_id = excluded.order_id, person_id = excluded.person_id

-- name: let_names_in
DELETE FROM removed_name WHERE order_id = $1

-- name: any_removed
SELECT true FROM removed_name LIMIT 1

-- name: removed_among
SELECT name_digest FROM removed_name WHERE name_digest = ANY ($1::bytea[])

-- name: classes_of_rows
SELECT DISTINCT a.class_id, a.source_id, a.category, a.labels
FROM (
    SELECT class FROM resource WHERE person_id = $1 AND rid = ANY ($2::bigint[])
    UNION SELECT class FROM resource_history WHERE person_id = $1 AND rid = ANY ($2::bigint[])
) AS of_rows JOIN access_class AS a ON a.class_id = of_rows.class

-- name: reclass_rows
UPDATE {table} AS t SET class = e.next
FROM unnest($3::integer[], $4::integer[]) AS e (old, next)
WHERE t.class = e.old AND t.{person} = $1 AND t.rid = ANY ($2::bigint[])

-- name: rows_otherwise_restricted
SELECT DISTINCT e.rid FROM entry_order AS o CROSS JOIN LATERAL unnest(o.rids) AS e (rid)
WHERE o.person_id = $1 AND o.kind = 'restriction' AND o.released IS NULL AND o.order_id <> $2
UNION
SELECT r.rid FROM entry_order AS o
     JOIN access_class AS c ON c.source_id = o.source_id
     JOIN resource AS r ON r.person_id = o.person_id AND r.class = c.class_id
WHERE o.person_id = $1 AND o.kind = 'restriction' AND o.released IS NULL AND o.order_id <> $2

-- name: shelf_homes
SELECT DISTINCT person_id FROM resource WHERE person_id < 0 AND rid = ANY ($1::bigint[])

-- name: names_of_rows
SELECT r.person_id, r.type, r.id, r.rid, r.version, c.source_id
FROM resource AS r JOIN access_class AS c ON c.class_id = r.class
WHERE r.person_id = $1 AND r.rid = ANY ($2::bigint[])
