-- migrate:up
-- A session that was opened on an enrolled device ends with the device, and may be limited to some of the account's roles.
ALTER TABLE sessions ADD COLUMN device_id uuid;
ALTER TABLE sessions ADD COLUMN roles text[];
CREATE INDEX sessions_device ON sessions (device_id) WHERE device_id IS NOT NULL;

-- migrate:down
ALTER TABLE sessions DROP COLUMN device_id, DROP COLUMN roles;
