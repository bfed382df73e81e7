-- Whether the worker of this writer holds a lock for as long as both live: only then does a lock that can be had say that it is gone.
ALTER TABLE audit_writer ADD COLUMN held boolean NOT NULL DEFAULT false;
