-- migrate:up
-- The panel's recorded votes on a tie and the recorded seeds of a lot: projections of the ledger.
CREATE TABLE tie_votes (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('preselection', 'final')),
    entries uuid[] NOT NULL CHECK (cardinality(entries) >= 2),
    votes text NOT NULL,
    minutes text NOT NULL CHECK (minutes <> ''),
    ledger_position bigint NOT NULL
);

CREATE TABLE tie_lots (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('preselection', 'final')),
    entries uuid[] NOT NULL CHECK (cardinality(entries) >= 2),
    seed bytea NOT NULL CHECK (length(seed) = 32),
    ledger_position bigint NOT NULL,
    UNIQUE (division_id, stage, entries)
);

GRANT SELECT, INSERT ON tie_votes, tie_lots TO scoring_desk, scoring_supervisor;
GRANT SELECT, INSERT, DELETE ON tie_votes, tie_lots TO scoring_system;

-- migrate:down
DROP TABLE tie_lots, tie_votes;
