-- migrate:up
-- A correction that the supervisor confirms may take a recorded deduction back.
GRANT UPDATE (withdrawn_reason, withdrawn_position) ON deductions TO scoring_supervisor;

-- migrate:down
REVOKE UPDATE (withdrawn_reason, withdrawn_position) ON deductions FROM scoring_supervisor;
