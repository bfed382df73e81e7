-- name: ties
-- What ties one person to some parties now, whether the person is restricted and what they object to, now and later, in the order that
-- consents_of wants, with both epochs of the same snapshot. A row without kind says that nothing ties. Of a citizen's request also
-- between which days the person was born, by all that is told of it: it is looked up for nobody else. {present}
-- are the classes of what is written about them, by one of the two that follow; null where nobody asks.
SELECT policy.epoch AS policy_epoch,
       (SELECT epoch FROM person WHERE person_id = $1) AS person_epoch,
       EXISTS (SELECT FROM fact_restriction WHERE person_id = $1) AS restricted,
       (SELECT json_agg(json_build_array(rid, json_build_array(
                    objection, permits = 1, organisation, source, category, low AT TIME ZONE 'UTC', high AT TIME ZONE 'UTC'))
                        ORDER BY rid, objection)::text
        FROM fact_consent
        WHERE person_id = $1 AND organisation = ANY (array_append($2::text[], '')) AND high > $3) AS consents,
       CASE WHEN starts_with(($2::text[])[1], 'nhs-number|')
            THEN (SELECT ARRAY[min(low), max(high)] FROM fact_birth WHERE person_id = $1) END AS born,
       -- Asked for secondary use alone, $4: a list was loaded, and of the numbers by which the person was ever known, one at least, none
       -- is on it.
       $4 AND EXISTS (SELECT FROM opt_out_list) AND coalesce((
           SELECT bool_and(NOT EXISTS (SELECT FROM opt_out WHERE nhs_number = substr(self.party, 12)))
           FROM fact_relationship AS self
           WHERE self.person_id = $1 AND self.kind = 'self' AND self.party LIKE 'nhs-number|%'), false) AS no_opt_out,
       {present} AS present,
       -- The classes of their Patients, by one of which the request may name them.
       ({patient_classes}) AS patients,
       fact.party, fact.kind, fact.until
FROM policy LEFT JOIN (
    SELECT party, kind, max(high) FILTER (WHERE low <= $3 AND high > $3) AS until
    FROM fact_relationship AS f
    WHERE person_id = $1 AND party = ANY ($2::text[])
          -- Hazard: a record opened by a word that is contested. Nobody acts for somebody, or is them, by an entry whose processing is restricted.
          AND NOT (kind IN ('proxy', 'parent', 'self') AND EXISTS (
              SELECT FROM entry_order AS o
              WHERE o.person_id = $1 AND o.kind = 'restriction' AND o.released IS NULL AND f.rid = ANY (o.rids)))
    GROUP BY party, kind
) AS fact ON true

-- name: present
-- {classes} is a subquery of the store.
({classes})

-- name: present_where_objected
-- If the person objects to anything now.
CASE WHEN EXISTS (
         SELECT FROM fact_consent
         WHERE person_id = $1 AND organisation = ANY (array_append($2::text[], '')) AND low <= $3 AND high > $3)
     THEN ({classes}) END

-- name: cleared_facts
-- Facts that changed resources said and no longer say of any of that time. $1 and $2: person and rid of each; $3 to $8: the facts they say now.
DELETE FROM fact_relationship AS f
USING unnest($1::bigint[], $2::bigint[]) AS changed (person_id, rid)
WHERE f.person_id = changed.person_id AND f.rid = changed.rid
  AND NOT EXISTS (
      SELECT FROM unnest($3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[], $8::timestamptz[])
          AS said (person_id, party, kind, rid, low, high)
      WHERE (said.person_id, said.party, said.kind, said.rid) = (f.person_id, f.party, f.kind, f.rid)
        AND said.low < f.high AND said.high > f.low)

-- name: narrowed_facts
-- Facts that stand already, for no longer than resources say now: what is said by somebody who may add none.
UPDATE fact_relationship AS f
SET low = greatest(f.low, said.low), high = least(f.high, said.high)
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::timestamptz[])
    AS said (person_id, party, kind, rid, low, high)
WHERE (said.person_id, said.party, said.kind, said.rid) = (f.person_id, f.party, f.kind, f.rid)
  AND (f.low < said.low OR f.high > said.high)

-- name: projected_facts
-- Facts that resources say now; the keys must be distinct within one statement.
INSERT INTO fact_relationship AS f (person_id, party, kind, rid, low, high)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::timestamptz[])
ON CONFLICT (person_id, party, kind, rid) DO UPDATE SET low = excluded.low, high = excluded.high
WHERE (f.low, f.high) IS DISTINCT FROM (excluded.low, excluded.high)

-- name: contributed
-- Who contributed last when: one row a person and source, whatever its number of resources and of callers who sent them.
INSERT INTO fact_relationship AS f (person_id, party, kind, rid, low, high)
SELECT person_id, party, 'contribution', 0, min(low), max(high)
FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::timestamptz[]) AS said (person_id, party, low, high)
GROUP BY person_id, party
ON CONFLICT (person_id, party, kind, rid) DO UPDATE
SET low = least(f.low, excluded.low), high = greatest(f.high, excluded.high)

-- name: forget_contributions
-- That some parties contributed to a record in which they have nothing any more.
DELETE FROM fact_relationship WHERE person_id = $1 AND kind = 'contribution' AND rid = 0 AND party = ANY ($2::text[])

-- name: cleared_restrictions
-- Restrictions that changed resources said and no longer say: persons, and the rids that no longer do, each of one resource alone.
DELETE FROM fact_restriction WHERE person_id = ANY ($1::bigint[]) AND rid = ANY ($2::bigint[])

-- name: projected_restrictions
INSERT INTO fact_restriction (person_id, rid)
SELECT * FROM unnest($1::bigint[], $2::bigint[])
ON CONFLICT (person_id, rid) DO NOTHING

-- name: restricted
-- Those of some persons whom a fact restricts.
SELECT DISTINCT person_id FROM fact_restriction WHERE person_id = ANY ($1::bigint[])

-- name: cleared_births
-- What changed Patients said: persons, and the rids, each of one resource alone.
DELETE FROM fact_birth WHERE person_id = ANY ($1::bigint[]) AND rid = ANY ($2::bigint[])

-- name: projected_births
-- Between which days Patients say now that their person was born.
INSERT INTO fact_birth (person_id, rid, low, high)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::date[], $4::date[])
ON CONFLICT (person_id, rid) DO UPDATE SET low = excluded.low, high = excluded.high

-- name: cleared_consents
-- What changed Consents said: persons, and the rids, each of one resource alone.
DELETE FROM fact_consent WHERE person_id = ANY ($1::bigint[]) AND rid = ANY ($2::bigint[])

-- name: projected_consents
-- What Consents say now.
INSERT INTO fact_consent (person_id, rid, objection, permits, organisation, source, category, low, high)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::smallint[], $5::text[], $6::text[], $7::text[],
                     $8::timestamptz[], $9::timestamptz[])
ON CONFLICT (person_id, rid, objection, permits, organisation, source, category) DO UPDATE
SET low = excluded.low, high = excluded.high

-- name: counted_consents
-- What the Consents of one person say that has not ended, $2, for whomever it concerns.
SELECT rid, objection, permits = 1 AS permits, organisation, source, category, low, high
FROM fact_consent
WHERE person_id = $1 AND high > $2
ORDER BY rid, objection
