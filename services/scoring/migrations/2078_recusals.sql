-- migrate:up
-- kept: recused under a rule by which the marks stay in the ledger and do not count.
ALTER TABLE assignments DROP CONSTRAINT assignments_state_check,
    ADD CONSTRAINT assignments_state_check CHECK (state IN ('judging', 'recused', 'kept'));

-- migrate:down
ALTER TABLE assignments DROP CONSTRAINT assignments_state_check,
    ADD CONSTRAINT assignments_state_check CHECK (state IN ('judging', 'recused'));
