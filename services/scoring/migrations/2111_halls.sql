-- migrate:up
-- The hall's own audience, for usher and timekeeper too: who has marked and who has not, and never a mark.
CREATE VIEW sheet_states AS
    SELECT DISTINCT ON (r.judge_id, r.entry_id, r.part) r.division_id, r.judge_id, r.entry_id, r.part, r.id AS last_id,
           r.disposition, r.received_at, h.revision_id AS head_id,
           CASE WHEN h.marks IS NULL THEN 0 ELSE (SELECT count(*) FROM jsonb_object_keys(h.marks::jsonb)) END::int AS marked
      FROM revisions r LEFT JOIN sheet_heads h USING (judge_id, entry_id, part)
     ORDER BY r.judge_id, r.entry_id, r.part, r.ledger_position DESC;

-- Where an entry comes from is for those who find recusals by it, not for the hall.
CREATE OR REPLACE VIEW roll_lines AS
    SELECT roll_id, entry_id, code, "order", title, commitment,
           CASE WHEN current_user NOT IN ('scoring_judge', 'scoring_member', 'scoring_hall') THEN unit_id END AS unit_id
      FROM roll_items
     WHERE CASE current_user
           WHEN 'scoring_judge' THEN entry_id IN
               (SELECT a.entry_id FROM assignments a WHERE a.judge_id = acting_judge() AND a.state <> 'recused')
           WHEN 'scoring_member' THEN entry_id IN (SELECT o.entry_id FROM own_entries o)
           ELSE true END;

CREATE POLICY hall ON assignments FOR SELECT TO scoring_hall USING (true);
GRANT SELECT ON sheet_states TO scoring_hall, scoring_desk, scoring_supervisor;
GRANT SELECT ON activities, divisions, rolls, roll_lines, rules, activity_rules, panels, assignments, stage_locks, clocks TO scoring_hall;
GRANT SELECT ON seats TO scoring_hall;

-- migrate:down
DROP POLICY hall ON assignments;
REVOKE ALL ON activities, divisions, rolls, roll_lines, rules, activity_rules, panels, seats, assignments, stage_locks, clocks FROM scoring_hall;
DROP VIEW sheet_states;
