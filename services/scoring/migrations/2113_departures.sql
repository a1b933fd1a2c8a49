-- migrate:up
-- A shadow judge marks like the others; the marks are kept and count nowhere.
ALTER TABLE seats DROP CONSTRAINT seats_kind_check,
    ADD CONSTRAINT seats_kind_check CHECK (kind IN ('judge', 'reserve', 'shadow'));

-- left: the judge has gone before the entry was marked whole, and what there is counts no more.
ALTER TABLE assignments DROP CONSTRAINT assignments_state_check,
    ADD CONSTRAINT assignments_state_check CHECK (state IN ('judging', 'recused', 'kept', 'left', 'shadow'));

-- A judge who left: a projection of the ledger. kept: entries that were marked whole; reserve_id: who takes the others.
CREATE TABLE departures (
    division_id uuid NOT NULL,
    judge_id uuid NOT NULL,
    reserve_id uuid CHECK (reserve_id <> judge_id),
    kept uuid[] NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    ledger_position bigint NOT NULL,
    PRIMARY KEY (division_id, judge_id),
    FOREIGN KEY (division_id, ledger_position) REFERENCES ledger (division_id, position)
);

ALTER TABLE departures ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON departures FOR SELECT TO scoring_judge USING (judge_id = acting_judge());
CREATE POLICY staff ON departures TO scoring_writer, scoring_desk, scoring_supervisor, scoring_system
    USING (true) WITH CHECK (true);

-- What a judge no longer marks is no longer on the judge's list.
CREATE OR REPLACE VIEW roll_lines AS
    SELECT roll_id, entry_id, code, "order", title, commitment,
           CASE WHEN current_user NOT IN ('scoring_judge', 'scoring_member', 'scoring_hall') THEN unit_id END AS unit_id
      FROM roll_items
     WHERE CASE current_user
           WHEN 'scoring_judge' THEN entry_id IN
               (SELECT a.entry_id FROM assignments a WHERE a.judge_id = acting_judge() AND a.state NOT IN ('recused', 'left'))
           WHEN 'scoring_member' THEN entry_id IN (SELECT o.entry_id FROM own_entries o)
           ELSE true END;

GRANT SELECT ON departures TO scoring_supervisor;
GRANT SELECT (division_id, judge_id, ledger_position) ON departures TO scoring_writer, scoring_judge;
GRANT SELECT, INSERT ON departures TO scoring_desk;
GRANT SELECT, INSERT, DELETE ON departures TO scoring_system;

-- migrate:down
DROP TABLE departures;
ALTER TABLE assignments DROP CONSTRAINT assignments_state_check,
    ADD CONSTRAINT assignments_state_check CHECK (state IN ('judging', 'recused', 'kept'));
ALTER TABLE seats DROP CONSTRAINT seats_kind_check,
    ADD CONSTRAINT seats_kind_check CHECK (kind IN ('judge', 'reserve'));
