-- migrate:up
-- Which judge marks which entry. Written by slice panels; joined by the writer of sheets.
CREATE TABLE assignments (
    division_id uuid NOT NULL,
    judge_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    seat int NOT NULL,
    state text NOT NULL CHECK (state IN ('judging', 'recused')),
    PRIMARY KEY (judge_id, entry_id)
);
CREATE INDEX assignments_division ON assignments (division_id);

ALTER TABLE assignments ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON assignments FOR SELECT TO scoring_judge USING (judge_id = acting_judge());
CREATE POLICY staff ON assignments TO scoring_writer, scoring_desk, scoring_supervisor, scoring_system
    USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE ON assignments TO scoring_desk, scoring_system;
GRANT SELECT ON assignments TO scoring_judge, scoring_supervisor, scoring_writer;

-- migrate:down
DROP TABLE assignments;
