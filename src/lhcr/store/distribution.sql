-- The third size: the tables spread over the nodes of a Citus cluster. Argument names and views are those of Citus 11 and later.

-- name: supported
SELECT to_regclass('citus_tables') IS NOT NULL

-- name: present
SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()

-- name: placed
SELECT table_name::text AS name, citus_table_type AS type, distribution_column AS "column" FROM citus_tables

-- name: refer
SELECT create_reference_table($1::text::regclass)

-- name: distribute_alone
SELECT create_distributed_table($1::text::regclass, $2::text, colocate_with => 'none')

-- name: distribute_alone_in_shards
SELECT create_distributed_table($1::text::regclass, $2::text, colocate_with => 'none', shard_count => $3::integer)

-- name: distribute_beside
SELECT create_distributed_table($1::text::regclass, $2::text, colocate_with => $3::text)
