-- migrate:up
-- A judge calls staff: for help, or to have a locked sheet opened again.
CREATE TABLE assistances (
    id uuid PRIMARY KEY,
    judge_id uuid NOT NULL,
    device_id uuid,
    kind text NOT NULL CHECK (kind IN ('help', 'unlock')),
    entry_id uuid,
    part text,
    asked_at timestamptz NOT NULL,
    taken_by uuid,
    taken_at timestamptz,
    done_by uuid,
    done_at timestamptz,
    CHECK (kind = 'help' OR (entry_id IS NOT NULL AND part IS NOT NULL)),
    CHECK ((taken_by IS NULL) = (taken_at IS NULL)),
    CHECK ((done_by IS NULL) = (done_at IS NULL))
);
CREATE INDEX assistances_open ON assistances (judge_id) WHERE done_at IS NULL;

ALTER TABLE assistances ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON assistances TO scoring_judge USING (judge_id = acting_judge())
    WITH CHECK (judge_id = acting_judge() AND taken_by IS NULL AND done_by IS NULL);
CREATE POLICY staff ON assistances TO scoring_hall, scoring_desk, scoring_supervisor USING (true) WITH CHECK (true);

GRANT SELECT, INSERT ON assistances TO scoring_judge;
GRANT SELECT, UPDATE (taken_by, taken_at, done_by, done_at) ON assistances TO scoring_hall, scoring_desk, scoring_supervisor;

-- migrate:down
DROP TABLE assistances;
