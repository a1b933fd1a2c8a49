-- migrate:up
-- Heads of scoring's ledgers as they were told, kept here so that a rewritten ledger contradicts them.
CREATE TABLE ledger_heads (
    division_id uuid NOT NULL,
    position bigint NOT NULL CHECK (position > 0),
    hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    headed_at timestamptz NOT NULL,
    PRIMARY KEY (division_id, position)
);

-- A head that cannot stand beside one kept before: another hash at its position, or told later for a position before it.
CREATE TABLE ledger_doubts (
    division_id uuid NOT NULL,
    position bigint NOT NULL,
    hash text NOT NULL,
    headed_at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('other_hash', 'went_back')),
    kept_position bigint NOT NULL,
    kept_hash text NOT NULL,
    PRIMARY KEY (division_id, position, hash),
    FOREIGN KEY (division_id, kept_position) REFERENCES ledger_heads (division_id, position)
);

GRANT SELECT, INSERT ON ledger_heads, ledger_doubts TO registration_system;
GRANT SELECT ON ledger_heads, ledger_doubts TO registration_supervisor;

-- migrate:down
DROP TABLE ledger_doubts, ledger_heads;
