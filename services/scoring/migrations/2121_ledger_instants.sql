-- migrate:up
-- What is printed names the entry it rests on, with its hash and instant; what an entry says stays with the supervisor.
GRANT SELECT (division_id, position, at, hash) ON ledger TO scoring_desk;

-- migrate:down
REVOKE SELECT (division_id, position, at, hash) ON ledger FROM scoring_desk;
