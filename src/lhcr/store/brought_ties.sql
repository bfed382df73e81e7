-- name: end_own_word
-- Hazard: wrong person. Who opened a record on their own word did so before it held what the other does, and may say so again.
UPDATE fact_relationship SET high = $3
WHERE person_id IN ($1, $2) AND kind IN ('claimed', 'emergency') AND rid = 0 AND low <= $3 AND high > $3

-- name: note_ties
-- What the record itself knows of who contributed, of both. $3: the merge.
INSERT INTO merged_part (person_id, merge_id, kind, part)
SELECT $2::bigint, $3, 'tie', ARRAY[CASE person_id WHEN $2 THEN 'survivor' ELSE 'merged' END, party, kind, low::text, high::text]
FROM fact_relationship WHERE person_id IN ($1, $2) AND rid = 0

-- name: bring_ties
INSERT INTO fact_relationship AS f (person_id, party, kind, rid, low, high)
SELECT $2::bigint, party, kind, rid, low, high FROM fact_relationship WHERE person_id = $1
ON CONFLICT (person_id, party, kind, rid) DO UPDATE SET low = least(f.low, excluded.low), high = greatest(f.high, excluded.high)

-- name: note_self
-- $3: the merge; $4: parties.
INSERT INTO merged_part (person_id, merge_id, kind, part)
SELECT $2::bigint, $3, 'self', ARRAY[party, rid::text, low::text, high::text]
FROM fact_relationship WHERE person_id = $1 AND kind = 'self' AND party = ANY ($4::text[])

-- name: drop_self
DELETE FROM fact_relationship WHERE person_id = $1 AND kind = 'self' AND party = ANY ($2::text[])

-- name: return_self
-- Hazard: a record opened to the wrong citizen. A number that somebody else has by now, and a Patient that has gone, say nothing.
INSERT INTO fact_relationship (person_id, party, kind, rid, low, high)
SELECT $2, part[1], 'self', part[2]::bigint, part[3]::timestamptz, part[4]::timestamptz
FROM merged_part AS p
WHERE p.person_id = $1 AND p.merge_id = $3 AND p.kind = 'self'
      AND EXISTS (SELECT FROM resource AS r WHERE r.person_id = $2 AND r.rid = p.part[2]::bigint AND r.body IS NOT NULL)
      AND EXISTS (SELECT FROM person_identifier AS i
                  WHERE i.source_id = 0 AND i.value = split_part(p.part[1], '|', 2) AND i.person_id = $2)
ON CONFLICT (person_id, party, kind, rid) DO NOTHING

-- name: return_ties
-- What the record itself knew of who contributed to the merged. $3: the merge.
INSERT INTO fact_relationship (person_id, party, kind, rid, low, high)
SELECT $2, part[2], part[3], 0, part[4]::timestamptz, part[5]::timestamptz
FROM merged_part WHERE person_id = $1 AND merge_id = $3 AND kind = 'tie' AND part[1] = 'merged'
ON CONFLICT (person_id, party, kind, rid) DO NOTHING

-- name: prolong_ties
-- Whoever has written about the merged since, $3, contributed to them: no longer than it counts now.
INSERT INTO fact_relationship AS f (person_id, party, kind, rid, low, high)
SELECT $2, party, kind, rid, low, high FROM fact_relationship
WHERE person_id = $1 AND kind = 'contribution' AND rid = 0 AND party = ANY ($3::text[])
ON CONFLICT (person_id, party, kind, rid) DO UPDATE SET high = greatest(f.high, excluded.high)

-- name: shorten_ties
-- Whoever has not written about the survivor since, $3, contributed as long ago as before the merge. $2: the merge.
UPDATE fact_relationship AS f SET low = part[4]::timestamptz, high = part[5]::timestamptz
FROM merged_part AS p
WHERE p.person_id = $1 AND p.merge_id = $2 AND p.kind = 'tie' AND p.part[1] = 'survivor' AND f.person_id = $1 AND f.rid = 0
      AND f.party = p.part[2] AND f.kind = p.part[3] AND f.kind = 'contribution' AND f.party <> ALL ($3::text[])

-- name: forget_ties
-- Hazard: a record open to who has nothing in it. Whoever contributed to the merged alone is not tied to the survivor.
DELETE FROM fact_relationship AS f
WHERE f.person_id = $1 AND f.kind = 'contribution' AND f.rid = 0 AND NOT EXISTS (
    SELECT FROM resource AS r JOIN access_class AS c ON c.class_id = r.class JOIN source AS s ON s.source_id = c.source_id
    WHERE r.person_id = $1 AND s.ods = f.party)
