-- What Citus's functions demand of a table before they distribute it, without distributing anything: signatures and refusals as
-- its documentation and error messages state them. Calls are kept in citus_call, in the order in which they were made.
CREATE SCHEMA citus;
CREATE TYPE citus.distribution_type AS ENUM ('hash', 'range', 'append');
CREATE TABLE citus.citus_call (
    number integer GENERATED ALWAYS AS IDENTITY,
    relation regclass NOT NULL UNIQUE,
    type text NOT NULL,
    distribution_column text,
    colocate_with text,
    shard_count integer
);
CREATE VIEW citus_tables AS
SELECT relation AS table_name, type AS citus_table_type, coalesce(distribution_column, '<none>') AS distribution_column
FROM citus.citus_call;

CREATE FUNCTION citus.refuse_common(relation regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM citus.citus_call AS c WHERE c.relation = refuse_common.relation) THEN
        RAISE 'table "%" is already distributed', relation;
    END IF;
    IF (SELECT relkind NOT IN ('r', 'p') OR relpersistence = 't' FROM pg_class WHERE oid = relation) THEN
        RAISE '% is not a regular, foreign or partitioned table', relation;
    END IF;
    IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = relation AND NOT tgisinternal) THEN
        RAISE 'cannot distribute relation "%" because it has triggers', relation;
    END IF;
    IF EXISTS (SELECT FROM pg_policy WHERE polrelid = relation) THEN
        RAISE 'policies on distributed tables are only supported in Citus Enterprise';
    END IF;
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attidentity <> '' AND atttypid <> 'bigint'::regtype) THEN
        RAISE 'cannot complete operation on % with smallint/int identity column', relation;
    END IF;
    IF EXISTS (SELECT FROM pg_attrdef AS d JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
               WHERE d.adrelid = relation AND pg_get_expr(d.adbin, d.adrelid) LIKE '%nextval%' AND a.atttypid <> 'bigint'::regtype) THEN
        RAISE 'nextval(sequence) calls in worker nodes are not supported for column defaults of type int or smallint';
    END IF;
    IF EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND relation IN (conrelid, confrelid)) THEN
        RAISE '% has a foreign key, which this stand-in never allows', relation;
    END IF;
END
$$;

CREATE FUNCTION create_distributed_table(
    table_name regclass, distribution_column text, distribution_type citus.distribution_type DEFAULT 'hash',
    colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    attribute_number smallint;
    place regclass;
BEGIN
    PERFORM citus.refuse_common(table_name);
    SELECT attnum INTO attribute_number FROM pg_attribute AS a
    WHERE attrelid = table_name AND attname = create_distributed_table.distribution_column AND attgenerated = '';
    IF attribute_number IS NULL THEN
        RAISE 'column "%" of relation "%" does not exist', distribution_column, table_name;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_attribute AS a JOIN pg_opclass AS o ON o.opcintype = CASE a.atttypid WHEN 'varchar'::regtype THEN 'text'::regtype ELSE a.atttypid END
                   JOIN pg_am AS m ON m.oid = o.opcmethod AND m.amname = 'hash' AND o.opcdefault
                   WHERE a.attrelid = table_name AND a.attnum = attribute_number) THEN
        RAISE 'data type of column "%" has no default operator class for hash', distribution_column;
    END IF;
    IF EXISTS (SELECT FROM pg_index WHERE indrelid = table_name AND (indisunique OR indisexclusion)
               AND NOT attribute_number = ANY (indkey[:indnkeyatts - 1])) THEN
        RAISE 'cannot create constraint on "%"', table_name
            USING DETAIL = 'Distributed relations cannot have UNIQUE, EXCLUDE, or PRIMARY KEY constraints that do not include '
                           'the partition column (with an equality operator if EXCLUDE).';
    END IF;
    IF colocate_with NOT IN ('default', 'none') THEN
        IF shard_count IS NOT NULL THEN
            RAISE 'Cannot use colocate_with with a table and shard_count at the same time';
        END IF;
        place := colocate_with::regclass;
        IF NOT EXISTS (SELECT FROM citus.citus_call AS c JOIN pg_attribute AS a ON a.attrelid = c.relation AND a.attname = c.distribution_column
                       WHERE c.relation = place AND c.type = 'distributed'
                       AND a.atttypid = (SELECT atttypid FROM pg_attribute WHERE attrelid = table_name AND attnum = attribute_number)) THEN
            RAISE 'cannot colocate tables % and %', colocate_with, table_name;
        END IF;
    END IF;
    INSERT INTO citus.citus_call (relation, type, distribution_column, colocate_with, shard_count)
    VALUES (table_name, 'distributed', distribution_column, colocate_with, shard_count);
END
$$;

CREATE FUNCTION create_distributed_table(
    table_name regclass, distribution_columns text[], distribution_type citus.distribution_type DEFAULT 'hash',
    colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE 'Multi-column distribution is not supported';
END
$$;

CREATE FUNCTION create_reference_table(table_name regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM citus.refuse_common(table_name);
    INSERT INTO citus.citus_call (relation, type) VALUES (table_name, 'reference');
END
$$;
