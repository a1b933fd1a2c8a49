-- migrate:up
-- A release brings the whole division (no entries named), one entry, or a set: the first K, or a group.
ALTER TABLE releases ADD COLUMN entries uuid[] NOT NULL DEFAULT '{}';
UPDATE releases SET entries = ARRAY[entry_id] WHERE entry_id IS NOT NULL;
DROP INDEX releases_once;
ALTER TABLE releases DROP COLUMN entry_id;
CREATE UNIQUE INDEX releases_once ON releases (division_id, stage, entries);

-- migrate:down
ALTER TABLE releases ADD COLUMN entry_id uuid;
UPDATE releases SET entry_id = entries[1];
DROP INDEX releases_once;
ALTER TABLE releases DROP COLUMN entries;
CREATE UNIQUE INDEX releases_once ON releases (division_id, stage, coalesce(entry_id, division_id));
