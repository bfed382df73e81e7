-- name: recorded_ties
-- What is recorded that ties persons to organisations at any time within a span, on nobody's own word. $1 to $4: person, organisation and
-- span of each question. A contribution is no more than what the organisation did itself.
SELECT asked.nth, fact.kind, fact.low, fact.high
FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::timestamptz[]) WITH ORDINALITY
    AS asked (person_id, organisation, low, high, nth)
JOIN fact_relationship AS fact
  ON fact.person_id = asked.person_id AND fact.party = asked.organisation AND fact.low <= asked.high AND fact.high > asked.low
WHERE fact.kind <> 'contribution'
ORDER BY asked.nth, fact.low DESC, fact.kind
