-- Fragments of the one statement that writes a batch of resources. `lhcr.record.write_statement` joins the fragments that a
-- batch needs and numbers their parameters. Every parameter is an array with one element for each row.

-- name: held
-- The shared lock says "a write as of this millisecond is open" before last_updated is taken, so that a poller who looks at
-- the locks first can never pass over a row that appears later with an earlier time (see store/search/horizon.sql).
held AS MATERIALIZED (
    SELECT pg_advisory_xact_lock_shared(
        (19528::bigint << 48) | floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
)

-- name: patience
-- Whoever writes for several callers waits only a moment for a lock: a long transaction about one person must not hold up
-- entries about everybody else.
patience AS MATERIALIZED (
    SELECT set_config('lock_timeout', '200ms', true)
)

-- name: held_with_patience
-- As `held`, for a statement that locks one person at most.
held AS MATERIALIZED (
    SELECT pg_advisory_xact_lock_shared(
        (19528::bigint << 48) | floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    FROM patience
)

-- name: locked
-- Persons locked before all else and in the order of all writers.
locked AS MATERIALIZED (
    SELECT p.person_id FROM patience CROSS JOIN person AS p
    WHERE p.person_id = ANY ($1::bigint[])
    ORDER BY p.person_id
    FOR UPDATE OF p
)

-- name: held_after_locks
-- As `held`, once `locked` has all its locks.
held AS MATERIALIZED (
    SELECT pg_advisory_xact_lock_shared(
        (19528::bigint << 48) | floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
    FROM (SELECT count(*) FROM locked) AS all_locked
)

-- name: moment
-- $1: the epoch of the sensitive codes by which the rows were labelled, null for none. Hazard: an entry without a label that it should
-- have. Where they have changed, `labels_stand` fails the whole statement, and whoever sent it labels anew.
moment AS MATERIALIZED (
    SELECT at, convert_to(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'UTF8') AS written
    FROM (SELECT clock_timestamp() AS at FROM held WHERE labels_stand($1::bigint)) AS taken
)

-- name: created
created AS (
    INSERT INTO resource (person_id, type, id, rid, version, class, clinical_low, clinical_high, method, members,
                          last_updated, body)
    SELECT e.person_id, e.type, e.id, e.rid, e.version, e.class, e.clinical_low, e.clinical_high, e.method,
           e.members::bigint[], moment.at, overlay(e.body PLACING moment.written FROM e.written_at)
    FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::bigint[], $5::integer[], $6::integer[], $7::bigint[],
                $8::bigint[], $9::smallint[], $10::text[], $11::bytea[], $12::integer[])
         AS e (person_id, type, id, rid, version, class, clinical_low, clinical_high, method, members, body, written_at)
         CROSS JOIN moment
)

-- name: superseded
superseded AS (
    INSERT INTO resource_history (person_id, type, id, rid, version, class, last_updated, method, members, body)
    SELECT r.person_id, r.type, r.id, r.rid, r.version, r.class, r.last_updated, r.method, r.members, r.body
    FROM unnest($1::bigint[], $2::bigint[]) AS e (person_id, rid)
         JOIN resource AS r ON r.person_id = e.person_id AND r.rid = e.rid
)

-- name: replaced
-- A deleted resource keeps its row, its class and no body.
replaced AS (
    UPDATE resource AS r
    SET version = e.version, class = e.class, clinical_low = e.clinical_low, clinical_high = e.clinical_high,
        method = e.method, members = e.members::bigint[], last_updated = moment.at,
        body = overlay(e.body PLACING moment.written FROM e.written_at)
    FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::bigint[], $5::integer[], $6::integer[], $7::bigint[],
                $8::bigint[], $9::smallint[], $10::text[], $11::bytea[], $12::integer[])
         AS e (person_id, type, id, rid, version, class, clinical_low, clinical_high, method, members, body, written_at)
         CROSS JOIN moment
    WHERE r.person_id = e.person_id AND r.rid = e.rid
)

-- name: cleared
-- Search rows of the versions that are superseded. {table} is one of the search tables.
cleared_{table} AS (
    DELETE FROM {table} AS s
    USING unnest($1::bigint[], $2::bigint[], $3::smallint[]) AS e (person_id, rid, param)
    WHERE s.person_id = e.person_id AND s.rid = e.rid AND s.param = e.param
)

-- name: search_token
search_token_rows AS (
    INSERT INTO search_token (person_id, rid, clinical, class, system, param, code)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::integer[], $5::integer[], $6::smallint[], $7::text[])
)

-- name: search_string
search_string_rows AS (
    INSERT INTO search_string (person_id, rid, class, param, folded, exact)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::smallint[], $5::text[], $6::text[])
)

-- name: search_reference
search_reference_rows AS (
    INSERT INTO search_reference (person_id, rid, class, param, target_type, target_id, target_version)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::smallint[], $5::smallint[], $6::text[], $7::text[])
)

-- name: search_date
search_date_rows AS (
    INSERT INTO search_date (person_id, rid, low, high, class, param)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::integer[], $6::smallint[])
)

-- name: search_quantity
search_quantity_rows AS (
    INSERT INTO search_quantity (person_id, rid, low, high, class, system, param, code, unit)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::double precision[], $4::double precision[], $5::integer[],
                         $6::integer[], $7::smallint[], $8::text[], $9::text[])
)

-- name: search_uri
search_uri_rows AS (
    INSERT INTO search_uri (person_id, rid, class, param, value)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::smallint[], $5::text[])
)

-- name: search_composite
search_composite_rows AS (
    INSERT INTO search_composite (person_id, rid, class, param, system1, code1, system2, code2, low2, high2, text2, low3, high3)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::smallint[], $5::integer[], $6::text[],
                         $7::integer[], $8::text[], $9::double precision[], $10::double precision[], $11::text[],
                         $12::double precision[], $13::double precision[])
)

-- name: search_position
search_position_rows AS (
    INSERT INTO search_position (person_id, rid, class, param, latitude, longitude)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::smallint[], $5::double precision[],
                         $6::double precision[])
)

-- name: members
member_rows AS (
    INSERT INTO resource_member (person_id, home_person_id, rid, type, class)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::integer[])
)

-- name: forget_members
-- A statement of its own, before the one that writes the new rows.
DELETE FROM resource_member AS s
USING unnest($1::bigint[], $2::bigint[]) AS e (home_person_id, rid)
WHERE s.home_person_id = e.home_person_id AND s.rid = e.rid

-- name: bumped
bumped AS (
    UPDATE person
    SET epoch = CASE WHEN survivor_id IS NULL THEN epoch + 1 ELSE person_moved(epoch) END, uses_shelf = uses_shelf OR $2::boolean
    WHERE person_id = ANY ($1::bigint[])
)

-- name: bumped_one
-- The usual case, which goes to the person's partition whatever else is known of the statement when it is planned.
-- $3: the epoch at which the write was permitted, if it hangs on that. Hazard: a permit that was withdrawn meanwhile. Where the
-- epoch has moved `epoch_moved` fails the whole statement, and whoever sent it decides again under the person's lock.
bumped AS (
    UPDATE person
    SET epoch = CASE WHEN survivor_id IS NOT NULL THEN person_moved(epoch)
                     WHEN $3::bigint IS NULL OR epoch = $3::bigint THEN epoch + 1 ELSE epoch_moved(epoch) END,
        uses_shelf = uses_shelf OR $2::boolean
    WHERE person_id = $1::bigint
)

-- name: bumped_each
-- Persons of several callers, each with whether its own entries refer to the shelf; $3 as in `bumped_one`, for each.
bumped AS (
    UPDATE person AS p
    SET epoch = CASE WHEN p.survivor_id IS NOT NULL THEN person_moved(p.epoch)
                     WHEN e.permitted IS NULL OR p.epoch = e.permitted THEN p.epoch + 1 ELSE epoch_moved(p.epoch) END,
        uses_shelf = p.uses_shelf OR e.uses_shelf
    FROM unnest($1::bigint[], $2::boolean[], $3::bigint[]) AS e (person_id, uses_shelf, permitted)
    WHERE p.person_id = e.person_id
)

-- name: outbox
notices AS (
    INSERT INTO outbox (person_id, rids)
    SELECT person_id, array_agg(rid) FROM unnest($1::bigint[], $2::bigint[]) AS e (person_id, rid) GROUP BY person_id
)

-- name: written
SELECT at FROM moment
