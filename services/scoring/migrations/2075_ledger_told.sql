-- migrate:up
-- Up to which position the other services have been told a division's ledger head.
CREATE TABLE ledger_told (
    division_id uuid PRIMARY KEY REFERENCES ledger_heads,
    position bigint NOT NULL CHECK (position > 0)
);

GRANT SELECT, INSERT, UPDATE ON ledger_told TO scoring_system;

-- migrate:down
DROP TABLE ledger_told;
