-- migrate:up
-- A correction writes the sheet as the paper has it: a revision like any other, sent by the desk in the judge's place.
GRANT INSERT ON revisions TO scoring_desk, scoring_supervisor;
GRANT INSERT, UPDATE ON sheet_heads TO scoring_desk, scoring_supervisor;

-- migrate:down
REVOKE INSERT ON revisions FROM scoring_desk, scoring_supervisor;
REVOKE INSERT, UPDATE ON sheet_heads FROM scoring_desk, scoring_supervisor;
