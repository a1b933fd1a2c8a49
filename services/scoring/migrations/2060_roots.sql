-- migrate:up
-- How far each division's chain belongs to the competition's tree: to the last seal of its final.
CREATE TABLE sealed_chains (
    division_id uuid PRIMARY KEY,
    position bigint NOT NULL CHECK (position > 0)
);

-- One root over all sealed chains of an activity. It stands in each bundle, on the printed summary and on the board.
CREATE TABLE roots (
    activity_id uuid PRIMARY KEY REFERENCES activities,
    root text NOT NULL CHECK (root ~ '^[0-9a-f]{64}$'),
    size bigint NOT NULL CHECK (size > 0),
    sealed text NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON sealed_chains, roots TO scoring_supervisor, scoring_system;
GRANT SELECT ON sealed_chains, roots TO scoring_desk;

-- migrate:down
DROP TABLE roots, sealed_chains;
