-- migrate:up
CREATE FUNCTION acting_device() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('laurel.actor', true), '')::uuid
$$;

-- A tablet with a key of its own: of a panel, prepared by staff, or a judge's own browser.
CREATE TABLE devices (
    id uuid PRIMARY KEY,
    panel_id uuid REFERENCES panels,
    owned_by uuid,
    label text NOT NULL CHECK (label <> ''),
    public_key bytea NOT NULL CHECK (length(public_key) = 65),
    abilities text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    enrolled_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_by uuid,
    CHECK ((panel_id IS NULL) <> (owned_by IS NULL)),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX devices_panel ON devices (panel_id);

-- A one-time code, of which only the hash is kept. Its two minutes are system time.
CREATE TABLE enrolments (
    id uuid PRIMARY KEY,
    panel_id uuid NOT NULL REFERENCES panels,
    code_hash bytea NOT NULL UNIQUE,
    made_by uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    device_id uuid,
    CHECK ((used_at IS NULL) = (device_id IS NULL))
);

-- A judge took a device in hand; the signature is the path of an SVG.
CREATE TABLE sign_ons (
    id uuid PRIMARY KEY,
    device_id uuid NOT NULL REFERENCES devices,
    judge_id uuid NOT NULL,
    signature text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX sign_ons_device ON sign_ons (device_id, judge_id);

-- What a device last said of itself.
CREATE TABLE device_reports (
    device_id uuid PRIMARY KEY REFERENCES devices,
    heard_at timestamptz NOT NULL,
    queue int NOT NULL CHECK (queue >= 0),
    parked int NOT NULL CHECK (parked >= 0),
    last_position bigint,
    battery int CHECK (battery BETWEEN 0 AND 100),
    skew_ms bigint NOT NULL,
    version text NOT NULL
);

-- Whom a device may offer: names and seats of its own panel, never a mark.
CREATE VIEW device_seats AS
    SELECT s.judge_id, s.position, s.kind, s.name, s.leader
      FROM seats s JOIN devices d ON d.panel_id = s.panel_id
     WHERE d.id = acting_device() AND d.revoked_at IS NULL;

ALTER TABLE devices ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON devices TO scoring_device USING (id = acting_device()) WITH CHECK (id = acting_device());
CREATE POLICY owner ON devices TO scoring_judge USING (owned_by = acting_judge()) WITH CHECK (owned_by = acting_judge());
CREATE POLICY staff ON devices TO scoring_gate, scoring_writer, scoring_desk, scoring_supervisor, scoring_system
    USING (true) WITH CHECK (true);
ALTER TABLE sign_ons ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON sign_ons TO scoring_device
    USING (device_id = acting_device()) WITH CHECK (device_id = acting_device());
CREATE POLICY owner ON sign_ons TO scoring_judge USING (judge_id = acting_judge()) WITH CHECK (judge_id = acting_judge());
CREATE POLICY staff ON sign_ons TO scoring_writer, scoring_desk, scoring_supervisor, scoring_system
    USING (true) WITH CHECK (true);
ALTER TABLE device_reports ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON device_reports TO scoring_device
    USING (device_id = acting_device()) WITH CHECK (device_id = acting_device());
CREATE POLICY staff ON device_reports TO scoring_desk, scoring_supervisor, scoring_system USING (true) WITH CHECK (true);

GRANT SELECT (id, panel_id, owned_by, token_hash, revoked_at) ON devices TO scoring_gate;
GRANT SELECT, INSERT, UPDATE ON devices TO scoring_device, scoring_judge;
GRANT SELECT, UPDATE (revoked_at, revoked_by) ON devices TO scoring_desk, scoring_supervisor;
GRANT SELECT (id, public_key, revoked_at) ON devices TO scoring_writer;
GRANT SELECT ON devices TO scoring_system;
GRANT SELECT, INSERT ON enrolments TO scoring_desk;
GRANT SELECT, UPDATE (used_at, device_id) ON enrolments TO scoring_device;
GRANT SELECT, INSERT ON sign_ons TO scoring_device, scoring_judge;
GRANT SELECT (device_id, judge_id) ON sign_ons TO scoring_writer;
GRANT SELECT ON sign_ons TO scoring_desk, scoring_supervisor, scoring_system;
GRANT SELECT, INSERT, UPDATE ON device_reports TO scoring_device;
GRANT SELECT ON device_reports TO scoring_desk, scoring_supervisor, scoring_system;
GRANT SELECT ON device_seats TO scoring_device;
GRANT SELECT ON panels TO scoring_device;

-- A sign-on opens a session, a revocation ends those of the device.
GRANT INSERT ON sessions TO scoring_device;
GRANT SELECT (device_id, revoked_at), UPDATE (revoked_at) ON sessions TO scoring_desk;

-- migrate:down
REVOKE ALL ON sessions FROM scoring_device, scoring_desk;
REVOKE ALL ON panels FROM scoring_device;
DROP VIEW device_seats;
DROP TABLE device_reports, sign_ons, enrolments, devices;
DROP FUNCTION acting_device();
