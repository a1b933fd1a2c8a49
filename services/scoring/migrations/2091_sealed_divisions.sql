-- migrate:up
-- Which divisions are sealed: after that a tablet may be wiped. Nothing else of a score set is for a judge.
CREATE VIEW sealed_divisions AS SELECT DISTINCT division_id FROM score_sets WHERE stage = 'final' AND sealed_at IS NOT NULL;
GRANT SELECT ON sealed_divisions TO scoring_judge;

-- migrate:down
DROP VIEW sealed_divisions;
