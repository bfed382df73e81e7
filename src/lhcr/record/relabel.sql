-- Statements of a relabelling. $1 to $3 of the first four: the last row that was looked at. Rows without a body have nothing to be
-- labelled by. $5: the types that are looked at, null for all; $6: the classes, null for all.

-- name: current_rows
SELECT person_id, rid, version, type, class, body
FROM resource
WHERE (person_id, rid) > ($1::bigint, $2::bigint) AND $3::integer IS NOT NULL AND body IS NOT NULL
      AND ($5::smallint[] IS NULL OR type = ANY ($5)) AND ($6::integer[] IS NULL OR class = ANY ($6))
ORDER BY person_id, rid
LIMIT $4

-- name: past_rows
SELECT person_id, rid, version, type, class, body
FROM resource_history
WHERE (person_id, rid, version) > ($1::bigint, $2::bigint, $3::integer) AND body IS NOT NULL
      AND ($5::smallint[] IS NULL OR type = ANY ($5)) AND ($6::integer[] IS NULL OR class = ANY ($6))
ORDER BY person_id, rid, version
LIMIT $4

-- name: count_current
SELECT count(*) FROM resource
WHERE (person_id, rid) > ($1::bigint, $2::bigint) AND $3::integer IS NOT NULL AND ($4::smallint[] IS NULL OR type = ANY ($4))

-- name: count_past
SELECT count(*) FROM resource_history
WHERE (person_id, rid, version) > ($1::bigint, $2::bigint, $3::integer) AND ($4::smallint[] IS NULL OR type = ANY ($4))

-- name: lock
-- One relabelling at a time, for as long as its connection lasts. The number spells lhcrrela.
SELECT pg_try_advisory_lock(7811602896870796385)

-- name: unlock
SELECT pg_advisory_unlock(7811602896870796385)

-- name: now
SELECT clock_timestamp()

-- name: still_for
-- Whether the codes are still those for which this relabelling was begun; no change of them commits before this transaction does.
SELECT epoch = $1 FROM relabelling FOR UPDATE

-- name: advance
UPDATE relabelling SET person_id = $1, rid = $2, version = $3, changed = changed OR $4

-- name: step
UPDATE relabelling SET step = $1, changed = false, person_id = -9223372036854775808, rid = 0, version = 0

-- name: done
UPDATE relabelling SET phase = 'done', step = 0, changed = false, person_id = -9223372036854775808, rid = 0, version = 0

-- name: relabelled_current
-- Rows that are still as they were looked at; one that was replaced meanwhile was labelled as it was written.
UPDATE resource AS r SET class = e.becomes
FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[], $5::integer[]) AS e (person_id, rid, version, class, becomes)
WHERE r.person_id = e.person_id AND r.rid = e.rid AND r.version = e.version AND r.class = e.class
RETURNING r.person_id, r.rid, r.type, r.class, r.members

-- name: relabelled_past
UPDATE resource_history AS h SET class = e.becomes
FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[], $5::integer[]) AS e (person_id, rid, version, class, becomes)
WHERE h.person_id = e.person_id AND h.rid = e.rid AND h.version = e.version AND h.class = e.class

-- name: overtaken_current
-- Whether a row that is still of the version that was looked at has another class than it was to get.
SELECT EXISTS (SELECT FROM resource AS r
               JOIN unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[]) AS e (person_id, rid, version, becomes)
               ON r.person_id = e.person_id AND r.rid = e.rid AND r.version = e.version
               WHERE r.class <> e.becomes)

-- name: overtaken_past
SELECT EXISTS (SELECT FROM resource_history AS h
               JOIN unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[]) AS e (person_id, rid, version, becomes)
               ON h.person_id = e.person_id AND h.rid = e.rid AND h.version = e.version
               WHERE h.class <> e.becomes)

-- name: relabelled_search
-- {table} is one of the search tables; $3: the parameters that a row of its type may have, so that its index finds them.
UPDATE {table} AS s SET class = e.becomes
FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::integer[]) AS e (person_id, rid, param, becomes)
WHERE s.person_id = e.person_id AND s.rid = e.rid AND s.param = e.param AND s.class <> e.becomes

-- name: relabelled_members
UPDATE resource_member AS m SET class = e.becomes
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::integer[]) AS e (person_id, home_person_id, rid, becomes)
WHERE m.person_id = e.person_id AND m.home_person_id = e.home_person_id AND m.rid = e.rid AND m.class <> e.becomes

-- name: raise_epochs
UPDATE person SET epoch = epoch + 1 WHERE person_id = ANY ($1::bigint[])
