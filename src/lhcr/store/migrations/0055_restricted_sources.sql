-- Of a restriction of all that one source contributed about a person: that source, so that what it sends later is restricted too.
-- Orders that were given before are about what was there then.
ALTER TABLE entry_order ADD COLUMN IF NOT EXISTS source_id integer;
CREATE INDEX IF NOT EXISTS entry_order_source_population ON entry_order (source_id) WHERE source_id IS NOT NULL;
