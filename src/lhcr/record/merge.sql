-- What a merge does to rows. Everywhere $1 is the person who is merged and $2 the survivor, where a statement needs either; {table} is a
-- table by person, {columns} are its columns but `person_id`, {key} those of its primary key but `person_id`.

-- name: tables
-- Every column of some tables that a statement may write, whether it is in the primary key, and whether the table names entries by rid.
SELECT a.attrelid::regclass::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns,
       array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attnum = ANY (k.conkey)) AS key,
       bool_or(a.attname = 'rid') AS named_by_rid
FROM pg_attribute AS a LEFT JOIN pg_constraint AS k ON k.conrelid = a.attrelid AND k.contype = 'p'
WHERE a.attrelid = ANY (SELECT n::regclass FROM unnest($1::text[]) AS n) AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attname <> 'person_id' AND a.attidentity = '' AND a.attgenerated = ''
GROUP BY a.attrelid ORDER BY name

-- name: counts
SELECT type, count(*) AS count FROM resource WHERE person_id = $1 AND body IS NOT NULL GROUP BY type ORDER BY type

-- name: patients
-- What the Patients of a person say, and who says it.
SELECT r.rid, r.id, r.version, c.source_id, r.body
FROM resource AS r JOIN access_class AS c ON c.class_id = r.class
WHERE r.person_id = $1 AND r.type = $2
ORDER BY r.rid

-- name: numbers
-- The NHS numbers that mean a person, whoever writes them.
SELECT value FROM person_identifier WHERE person_id = $1 AND source_id = 0 AND system = $2 ORDER BY value

-- name: merges_about
SELECT merge_id, merged_id, survivor_id, reason, authority, given, given_by, undone FROM person_merge
WHERE merge_id = $1 OR merged_id = $2 OR survivor_id = $2
ORDER BY given, merge_id

-- name: raise_policy_epoch
UPDATE policy SET epoch = epoch + 1

-- name: keep
INSERT INTO person_merge (merge_id, merged_id, survivor_id, reason, authority, given, given_by) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: lead_on
UPDATE person SET survivor_id = $2 WHERE person_id = $1

-- name: lock
SELECT person_id, survivor_id FROM person WHERE person_id = ANY ($1::bigint[]) ORDER BY person_id FOR UPDATE

-- name: note_moment
-- Since when what is written is written to the survivor. $1: the survivor; $2: the merge; $3: the time.
INSERT INTO merged_part (person_id, merge_id, kind, part) VALUES ($1, $2, 'moment', ARRAY[$3::timestamptz::text])

-- name: raise_epochs
UPDATE person SET epoch = epoch + 1 WHERE person_id = ANY ($1::bigint[])

-- name: use_shelf
UPDATE person SET uses_shelf = true
WHERE person_id = $2 AND EXISTS (SELECT FROM person AS merged WHERE merged.person_id = $1 AND merged.uses_shelf)

-- name: held
-- As in write.sql: taken before the time is, so that a poller never passes over what appears later with an earlier time.
SELECT pg_advisory_xact_lock_shared((19528::bigint << 48) | floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)

-- name: moment
SELECT clock_timestamp()

-- name: relabelling
SELECT phase FROM relabelling FOR SHARE

-- name: note_rows
-- $3: the merge.
INSERT INTO merged_row (person_id, rid, merge_id) SELECT $2::bigint, rid, $3 FROM resource WHERE person_id = $1

-- name: note_parts
-- Rows that have no rid, by their keys. $3: the merge; $4: the table's name.
INSERT INTO merged_part (person_id, merge_id, kind, part)
SELECT $2::bigint, $3, $4, ARRAY[{key}]::text[] FROM {table} WHERE person_id = $1

-- name: bring
INSERT INTO {table} (person_id, {columns}) SELECT $2::bigint, {columns} FROM {table} WHERE person_id = $1

-- name: empty
DELETE FROM {table} WHERE person_id = $1

-- name: supersede
-- What stands becomes history: the version that says so was written before.
INSERT INTO resource_history (person_id, type, id, rid, version, class, last_updated, method, members, body)
SELECT $2::bigint, type, id, rid, version, class, last_updated, method, members, body
FROM resource WHERE person_id = $1 AND body IS NOT NULL AND ($3::bigint[] IS NULL OR rid = ANY ($3))

-- name: bring_current
-- A next version of each, with the same content: whoever asks what changed is told of what the survivor has since. The first `meta` of a
-- body is the server's, and begins with its version and time, which has 27 signs. $3: the time; $4 the number of Method.PUT; $5: the
-- rows, null for all. What was deleted stays as it is.
INSERT INTO resource (person_id, type, id, rid, version, class, last_updated, clinical_low, clinical_high, method, members, body)
SELECT $2::bigint, r.type, r.id, r.rid, r.version + stands.one, r.class,
       CASE WHEN r.body IS NULL THEN r.last_updated ELSE $3::timestamptz END, r.clinical_low, r.clinical_high,
       CASE WHEN r.body IS NULL THEN r.method ELSE $4::smallint END, r.members,
       substring(r.body FROM 1 FOR place.version + 12)
       || convert_to((r.version + 1)::text || '","lastUpdated":"'
                     || to_char($3::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'UTF8')
       || substring(r.body FROM place.time + 17 + 27)
FROM resource AS r
     CROSS JOIN LATERAL (SELECT (r.body IS NOT NULL)::integer AS one) AS stands
     CROSS JOIN LATERAL (
         SELECT position(convert_to('"versionId":"', 'UTF8') IN r.body) AS version,
                position(convert_to('","lastUpdated":"', 'UTF8') IN r.body) AS time) AS place
WHERE r.person_id = $1 AND ($5::bigint[] IS NULL OR r.rid = ANY ($5))

-- name: tell_cases_apart
-- Two persons may each have a case of one kind about one user and day; both go on.
UPDATE privacy_case AS c SET source_key = c.source_key || '|' || c.case_id
WHERE c.person_id = $1 AND EXISTS (
    SELECT FROM privacy_case AS o WHERE o.person_id = $2 AND o.kind = c.kind AND o.source_key = c.source_key)

-- name: bring_openings
INSERT INTO judged_opening (person_id, organisation, user_id, day, out_of_hours, began)
SELECT $2::bigint, organisation, user_id, day, out_of_hours, began FROM judged_opening WHERE person_id = $1
ON CONFLICT (person_id, organisation, user_id, day, out_of_hours) DO NOTHING

-- name: end_alerts
UPDATE alert SET ended = $3 WHERE person_id IN ($1, $2) AND until > $3 AND ended IS NULL

-- name: end_notices
DELETE FROM outbox WHERE person_id IN ($1, $2)

-- name: notice
INSERT INTO outbox (person_id, rids) SELECT $2::bigint, rids FROM (SELECT array_agg(rid) AS rids FROM merged_row WHERE person_id = $2 AND merge_id = $1) AS of_merge
WHERE rids IS NOT NULL

-- name: member_places
-- The entries, at home with others, that name a person.
SELECT home_person_id, rid FROM resource_member WHERE person_id = $1

-- name: named_members
-- Whom the entries of a person name besides.
SELECT DISTINCT m FROM (
    SELECT members FROM resource WHERE person_id = $1 UNION ALL SELECT members FROM resource_history WHERE person_id = $1
) AS r CROSS JOIN LATERAL unnest(r.members) AS m

-- name: note_members
-- $1: the survivor; $2: the merge; $3: the homes, $4: the rids of entries that name who is merged; a third word where they name both.
INSERT INTO merged_part (person_id, merge_id, kind, part)
SELECT $1::bigint, $2, 'member', ARRAY[e.home::text, e.rid::text] || CASE WHEN EXISTS (
           SELECT FROM resource_member AS m WHERE m.person_id = $1 AND m.home_person_id = e.home AND m.rid = e.rid)
       THEN ARRAY['both'] ELSE ARRAY[]::text[] END
FROM unnest($3::bigint[], $4::bigint[]) AS e (home, rid)

-- name: rename_member
-- {table}: resource or resource_history. Entries, $3 and $4 their homes and rids, that name $1 name $2; nobody is a member of their own.
UPDATE {table} AS r SET members = nullif(ARRAY(
    SELECT DISTINCT CASE m WHEN $1 THEN $2 ELSE m END AS named FROM unnest(r.members) AS m
    WHERE CASE m WHEN $1 THEN $2 ELSE m END <> r.person_id ORDER BY named), ARRAY[]::bigint[])
FROM unnest($3::bigint[], $4::bigint[]) AS e (person_id, rid)
WHERE r.person_id = e.person_id AND r.rid = e.rid AND $1 = ANY (r.members)

-- name: bring_memberships
INSERT INTO resource_member (person_id, home_person_id, rid, type, class)
SELECT $2::bigint, home_person_id, rid, type, class FROM resource_member WHERE person_id = $1 AND home_person_id <> $2
ON CONFLICT (person_id, home_person_id, rid) DO NOTHING

-- name: note_named_survivor
INSERT INTO merged_part (person_id, merge_id, kind, part)
SELECT $2::bigint, $3, 'named', ARRAY[rid::text] FROM resource_member WHERE person_id = $2 AND home_person_id = $1

-- name: forget_named_survivor
DELETE FROM resource_member WHERE person_id = $2 AND home_person_id = $1

-- name: rename_homes
-- $3: whom the entries of $1 name.
UPDATE resource_member SET home_person_id = $2 WHERE home_person_id = $1 AND person_id = ANY ($3::bigint[])

-- name: unname_survivor
-- {table}: resource or resource_history, of the survivor by now.
UPDATE {table} AS r SET members = nullif(array_remove(r.members, $1::bigint), ARRAY[]::bigint[]) WHERE r.person_id = $1 AND $1 = ANY (r.members)

-- name: bring_ids
-- $3: the merge. Ids that sources chose, and by which their entries are known again.
WITH led AS (UPDATE locator SET person_id = $2 WHERE person_id = $1 RETURNING type, id)
INSERT INTO merged_part (person_id, merge_id, kind, part) SELECT $2::bigint, $3, 'locator', ARRAY[type::text, id] FROM led

-- name: bring_loaded
WITH led AS (UPDATE loaded_id SET person_id = $2 WHERE person_id = $1 RETURNING source_id, type, source_key)
INSERT INTO merged_part (person_id, merge_id, kind, part)
SELECT $2::bigint, $3, 'loaded_id', ARRAY[source_id::text, type::text, source_key] FROM led

-- name: bring_identifiers
WITH led AS (UPDATE person_identifier SET person_id = $2 WHERE person_id = $1 RETURNING source_id, system, value)
INSERT INTO merged_part (person_id, merge_id, kind, part)
SELECT $2::bigint, $3, 'identifier', ARRAY[source_id::text, system, value] FROM led

-- name: release_numbers
-- $3: the merge; $4: the system, $5: NHS numbers that were never this person's.
WITH released AS (
    DELETE FROM person_identifier WHERE person_id = $1 AND source_id = 0 AND system = $4 AND value = ANY ($5::text[])
    RETURNING system, value)
INSERT INTO merged_part (person_id, merge_id, kind, part) SELECT $2::bigint, $3, 'released', ARRAY[system, value] FROM released

-- name: set_numbers_apart
-- $1: who says them; $2: the survivor; $3: the system; $4: the numbers.
INSERT INTO person_identifier (source_id, system, value, person_id)
SELECT source_id, $3, value, $2 FROM unnest($1::integer[], $4::text[]) AS e (source_id, value)
ON CONFLICT (source_id, system, value) DO NOTHING

-- name: bring_removed
UPDATE removed_name SET person_id = $2 WHERE person_id = $1
