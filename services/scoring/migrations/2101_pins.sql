-- migrate:up
-- Whether a judge types a PIN when taking a tablet in hand; the season says so.
ALTER TABLE panels ADD COLUMN asks_pin boolean NOT NULL DEFAULT false;

-- A judge's PIN at a panel, argon2; handed out on paper and stored nowhere else.
CREATE TABLE pins (
    panel_id uuid NOT NULL REFERENCES panels,
    judge_id uuid NOT NULL,
    hash text NOT NULL CHECK (hash LIKE '$argon2id$%'),
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (panel_id, judge_id)
);
ALTER TABLE pins ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON pins FOR SELECT TO scoring_device
    USING (panel_id = (SELECT d.panel_id FROM devices d WHERE d.id = acting_device()));
CREATE POLICY staff ON pins TO scoring_desk USING (true) WITH CHECK (true);

GRANT SELECT ON pins TO scoring_device;
GRANT SELECT (panel_id, judge_id, made_at), INSERT, UPDATE ON pins TO scoring_desk;
GRANT SELECT, INSERT, DELETE ON limits TO scoring_device;

-- What a tablet says of where it stands: titles, as every board shows them.
GRANT SELECT ON activities, divisions TO scoring_device;

-- The page about tablets is read by the supervisor too.
GRANT SELECT (id, panel_id, expires_at, used_at, device_id) ON enrolments TO scoring_supervisor;
GRANT SELECT (panel_id, judge_id, made_at) ON pins TO scoring_supervisor;
CREATE POLICY supervisor ON pins FOR SELECT TO scoring_supervisor USING (true);

-- migrate:down
REVOKE ALL ON enrolments FROM scoring_supervisor;
REVOKE ALL ON limits, activities, divisions FROM scoring_device;
DROP TABLE pins;
ALTER TABLE panels DROP COLUMN asks_pin;
