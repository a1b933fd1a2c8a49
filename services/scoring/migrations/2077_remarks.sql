-- migrate:up
-- Judges who lie further apart than the rule tolerates were asked to look at an entry again. scope: '' for the whole.
CREATE TABLE remark_requests (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('preselection', 'final')),
    entry_id uuid NOT NULL,
    scope text NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL
);
CREATE INDEX remark_requests_division ON remark_requests (division_id, stage);

-- A judge learns of it for the entries this judge marks, and of nothing else.
ALTER TABLE remark_requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON remark_requests FOR SELECT TO scoring_judge USING (EXISTS (
    SELECT FROM assignments a
     WHERE a.entry_id = remark_requests.entry_id AND a.judge_id = acting_judge() AND a.state = 'judging'));
CREATE POLICY staff ON remark_requests TO scoring_desk, scoring_supervisor USING (true) WITH CHECK (true);

GRANT SELECT, INSERT ON remark_requests TO scoring_desk;
GRANT SELECT (id, division_id, stage, entry_id, scope, asked_at) ON remark_requests TO scoring_judge;
GRANT SELECT ON remark_requests TO scoring_supervisor;

-- migrate:down
DROP TABLE remark_requests;
