-- name: horizon
-- Until when the record is complete: the oldest write that may still be open, or now. A writer takes a shared advisory lock on
-- (0x4C48 << 48) | milliseconds since 1970, and takes its last_updated after that. statement_timestamp() was taken before
-- this statement looks at any lock, so a writer whose lock is not seen here either has committed or will write a later time.
-- It must not run in the snapshot that then reads rows: a write that commits between that snapshot and the look at the
-- locks would be missed by both.
SELECT least(
    statement_timestamp(),
    (
        SELECT to_timestamp(min((classid::bigint & 65535) << 32 | objid::bigint) / 1000.0)
        FROM pg_locks
        WHERE locktype = 'advisory'
            AND objsubid = 1
            AND classid::bigint >> 16 = 19528
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
) AS horizon
