-- name: stands
-- In whose record that of the person whom an entry is about goes on now, however often they were merged.
(WITH RECURSIVE led (id, step) AS (
     SELECT person_id, 0 UNION ALL
     SELECT m.survivor_id, led.step + 1 FROM led JOIN person_merge AS m ON m.merged_id = led.id AND m.undone IS NULL
 ) SELECT id FROM led ORDER BY step DESC LIMIT 1) AS stands

-- name: of_decision
SELECT writer_id, seq, recorded, text, {stands} FROM audit_entry WHERE decision = $1 ORDER BY recorded, writer_id, seq LIMIT $2

-- name: about_person
-- Entries of a page that ended in the midst of one instant go on behind the last one shown. The log is never changed: what it says of
-- persons who were merged into this one is said of them, and belongs to this one's log as long as the merge stands.
WITH RECURSIVE joined (id) AS (
    SELECT $1::bigint UNION SELECT m.merged_id FROM joined JOIN person_merge AS m ON m.survivor_id = joined.id AND m.undone IS NULL
)
SELECT e.writer_id, e.seq, e.recorded, e.text, $1::bigint AS stands FROM joined CROSS JOIN LATERAL (
    SELECT writer_id, seq, recorded, text FROM audit_entry
    WHERE person_id = joined.id AND recorded >= $2
      AND ($3::timestamptz IS NULL OR recorded <= $3 AND (recorded, writer_id, seq) < ($3, $4::bigint, $5::bigint))
    ORDER BY recorded DESC, writer_id DESC, seq DESC LIMIT $6
) AS e
ORDER BY e.recorded DESC, e.writer_id DESC, e.seq DESC LIMIT $6

-- name: one_entry
SELECT writer_id, seq, recorded, text, {stands} FROM audit_entry WHERE writer_id = $1 AND seq = $2

-- name: scan
-- Of the newest $7 entries from $1 up to, not including, $2, behind a place, the first $8 whose text holds every one of some fragments,
-- and the last one looked at, where the next page goes on. {about}: the condition on whom they are about, which needs what stands before `scanned`.
WITH {joined}scanned AS MATERIALIZED (
    SELECT writer_id, seq, recorded, person_id, text FROM audit_entry
    WHERE recorded >= $1 AND recorded < $2
      AND ($3::timestamptz IS NULL OR recorded <= $3 AND (recorded, writer_id, seq) < ($3, $4::bigint, $5::bigint))
      AND {about}
    ORDER BY recorded DESC, writer_id DESC, seq DESC LIMIT $7
), judged AS (
    SELECT *, row_number() OVER (ORDER BY recorded DESC, writer_id DESC, seq DESC) AS nth,
           text IS NOT NULL AND NOT EXISTS (SELECT FROM unnest($6::bytea[]) AS f (part) WHERE position(f.part IN text) = 0) AS fits
    FROM scanned
)
SELECT writer_id, seq, recorded, CASE WHEN fits THEN text END AS text, fits, nth, {stands} FROM judged
WHERE fits OR nth = $7 ORDER BY nth LIMIT $8

-- name: joined
-- A person, $9, and those who were merged into them.
RECURSIVE joined (id) AS (
    SELECT $9::bigint UNION SELECT m.merged_id FROM joined JOIN person_merge AS m ON m.survivor_id = joined.id AND m.undone IS NULL
),

-- name: trace
SELECT text FROM audit_trace WHERE digest = $1

-- name: last_head
SELECT tree_size, root_hash, recorded FROM audit_head ORDER BY tree_size DESC LIMIT 1

-- name: last_signed_head
SELECT note FROM audit_signed_head ORDER BY head_number DESC LIMIT 1
