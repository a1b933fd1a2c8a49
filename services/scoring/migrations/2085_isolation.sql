-- migrate:up
-- A roll as its reader may have it: a judge the entries to mark, a contestant the own ones, and where an entry comes
-- from only staff, who find recusals by it.
CREATE VIEW roll_lines AS
    SELECT roll_id, entry_id, code, "order", title, commitment,
           CASE WHEN current_user NOT IN ('scoring_judge', 'scoring_member') THEN unit_id END AS unit_id
      FROM roll_items
     WHERE CASE current_user
           WHEN 'scoring_judge' THEN entry_id IN
               (SELECT a.entry_id FROM assignments a WHERE a.judge_id = acting_judge() AND a.state <> 'recused')
           WHEN 'scoring_member' THEN entry_id IN (SELECT o.entry_id FROM own_entries o)
           ELSE true END;

GRANT SELECT ON roll_lines TO scoring_judge, scoring_member, scoring_desk, scoring_supervisor, scoring_system;
REVOKE SELECT ON roll_items FROM scoring_judge, scoring_member, scoring_writer;

-- How many entries a chain has is for staff: the hall reads of it what stands in the frame.
REVOKE SELECT ON ledger_heads FROM scoring_public, scoring_judge;

-- A contestant's filing commits to the contestant; whom others' commitments stand for is not told.
ALTER TABLE ledger_people ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON ledger_people TO scoring_member
    USING (subject_id::text IN (current_setting('laurel.actor', true), current_setting('laurel.handle', true)))
    WITH CHECK (subject_id::text IN (current_setting('laurel.actor', true), current_setting('laurel.handle', true)));
CREATE POLICY staff ON ledger_people TO scoring_writer, scoring_desk, scoring_supervisor, scoring_system
    USING (true) WITH CHECK (true);

-- migrate:down
DROP POLICY own ON ledger_people;
DROP POLICY staff ON ledger_people;
ALTER TABLE ledger_people DISABLE ROW LEVEL SECURITY;
GRANT SELECT ON ledger_heads TO scoring_public, scoring_judge;
GRANT SELECT ON roll_items TO scoring_judge, scoring_member, scoring_writer;
DROP VIEW roll_lines;
