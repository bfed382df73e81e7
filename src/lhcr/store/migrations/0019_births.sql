-- Between which days people were born: a fact about the person, one row for each Patient that tells it. By person.
-- Owned by lhcr.access.
CREATE TABLE IF NOT EXISTS fact_birth (
    person_id bigint NOT NULL,
    rid bigint NOT NULL,
    low date NOT NULL,
    high date NOT NULL,
    PRIMARY KEY (person_id, rid)
);

-- What was written before counts too, whichever organisation wrote it: search rows of Patient.birthdate hold it in microseconds.
INSERT INTO fact_birth (person_id, rid, low, high)
SELECT person_id, rid, date '1970-01-01' + floor(min(low) / 86400000000.0)::integer,
       date '1970-01-01' + floor(max(high) / 86400000000.0)::integer
FROM search_date
WHERE param = 1823 AND person_id > 0
GROUP BY person_id, rid
HAVING date '1970-01-01' + floor(min(low) / 86400000000.0)::integer <= current_date
ON CONFLICT (person_id, rid) DO NOTHING;

-- Guardians are proxies by parental responsibility, whose say ends with the child's age; search rows of RelatedPerson.relationship tell
-- who is one. The say of everybody else ends within a year, unless it is told again.
UPDATE fact_relationship AS f SET kind = 'parent'
WHERE f.kind = 'proxy'
      AND EXISTS (SELECT FROM search_token AS t
                  WHERE t.person_id = f.person_id AND t.rid = f.rid AND t.param = 2062 AND t.code = 'GUARD');
UPDATE fact_relationship SET high = least(high, clock_timestamp() + interval '365 days') WHERE kind = 'proxy';

-- What one organisation said ties another to a person does not count any more, but for what hands a person on. An area that takes some
-- organisation's word says so in its policy, and has those entries written again.
DELETE FROM fact_relationship AS f
USING resource AS r, access_class AS c, source AS s
WHERE r.person_id = f.person_id AND r.rid = f.rid AND c.class_id = r.class AND s.source_id = c.source_id
      AND f.kind IN ('registration', 'encounter', 'episode', 'caseload', 'appointment', 'dispensing', 'nominated-pharmacy')
      AND s.ods <> f.party;

UPDATE policy SET epoch = epoch + 1;
