-- Persons whose whereabouts are withheld: a fact about the person, one row for each resource that says so. By person.
-- Owned by lhcr.access.
CREATE TABLE fact_restriction (
    person_id bigint NOT NULL,
    rid bigint NOT NULL,
    PRIMARY KEY (person_id, rid)
);

-- What was written before counts too, whichever organisation wrote it.
INSERT INTO fact_restriction (person_id, rid)
SELECT r.person_id, r.rid
FROM resource AS r JOIN access_class AS c ON c.class_id = r.class
WHERE r.person_id > 0 AND r.body IS NOT NULL AND c.category = 'demographics'
      AND c.labels && ARRAY['http://terminology.hl7.org/CodeSystem/v3-Confidentiality|R',
                            'http://terminology.hl7.org/CodeSystem/v3-Confidentiality|V'];
