-- Search rows hold an NHS number under the one address of its system and by its ten digits, however its source wrote it. Rows from
-- before hold what the source wrote, and would be found by nobody. What sources wrote stays in the bodies; only rows change.
-- A number is what `lhcr.nhs.nhs_number` reads as one; what stands in its system and is none stays as it is.
DO $$
DECLARE
    own_uri CONSTANT text := 'https://fhir.nhs.uk/Id/nhs-number';
    digits CONSTANT text := $sql$translate(%1$s.code, U&' -\00A0\2010\2011\2013', '')$sql$;
    -- Weights 10 to 1 modulo 11. Of a text that is no number the sum is of other signs, and is not looked at.
    weighed CONSTANT text := (
        SELECT string_agg(format('%s * (ascii(substr(%s, %s, 1)) - 48)', 11 - place, digits, place), ' + ')
        FROM generate_series(1, 10) AS place
    );
    written CONSTANT text := format(
        $sql$CASE WHEN %1$s ~ '^[0-9]{10}$' AND char_length(%%1$s.code) <= 32 AND (%2$s) %%%% 11 = 0 THEN %1$s ELSE %%1$s.code END$sql$,
        digits, weighed
    );
    spellings integer[];
    own integer;
    name text;
BEGIN
    SELECT array_agg(system_id) INTO spellings FROM code_system
    WHERE regexp_replace(rtrim(lower(btrim(split_part(uri, '|', 1), E' \t\n\r\f\v\u00A0')), '/'), '^https?://', '') IN
          ('fhir.nhs.uk/id/nhs-number', 'fhir.nhs.net/id/nhs-number',
           'urn:oid:2.16.840.1.113883.2.1.4.1', '2.16.840.1.113883.2.1.4.1');
    IF spellings IS NULL THEN
        RETURN;
    END IF;
    -- The lock under which numbers are given to code systems.
    PERFORM pg_advisory_xact_lock(8101253743);
    INSERT INTO code_system (system_id, uri)
    SELECT (SELECT max(system_id) + 1 FROM code_system), own_uri
    WHERE NOT EXISTS (SELECT FROM code_system AS known WHERE known.uri = own_uri);
    SELECT system_id INTO own FROM code_system WHERE uri = own_uri;

    FOREACH name IN ARRAY ARRAY['search_token', 'directory_search_token']
    LOOP
        -- A resource that has one number in two spellings has one row for it: a page that rows lead to would show it twice.
        EXECUTE format(
            'DELETE FROM %1$s AS t WHERE t.system = ANY ($1) AND (t.system <> $2 OR t.code <> %2$s) AND EXISTS ('
            ' SELECT FROM %1$s AS o WHERE o.person_id = t.person_id AND o.rid = t.rid AND o.param = t.param'
            ' AND o.system = ANY ($1) AND %3$s = %2$s'
            ' AND (o.system = $2 AND o.code = %3$s OR (o.code, o.system) < (t.code, t.system)))',
            name, format(written, 't'), format(written, 'o')
        ) USING spellings, own;
        EXECUTE format(
            'UPDATE %1$s AS t SET system = $2, code = %2$s WHERE t.system = ANY ($1) AND (t.system <> $2 OR t.code <> %2$s)',
            name, format(written, 't')
        ) USING spellings, own;
    END LOOP;
END
$$;
