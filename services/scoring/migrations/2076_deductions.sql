-- migrate:up
-- What is recorded about an entry beside its marks: projections of the ledger. Numbers are decimal text, as they were given.
CREATE TABLE deductions (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('preselection', 'final')),
    entry_id uuid NOT NULL,
    key text NOT NULL,
    quantity text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    ledger_position bigint NOT NULL,
    withdrawn_reason text CHECK (withdrawn_reason <> ''),
    withdrawn_position bigint,
    CHECK ((withdrawn_reason IS NULL) = (withdrawn_position IS NULL))
);
CREATE INDEX deductions_division ON deductions (division_id, stage);

-- The last one of an entry holds; the earlier ones stay to be seen.
CREATE TABLE adjustments (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('preselection', 'final')),
    entry_id uuid NOT NULL,
    amount text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    ledger_position bigint NOT NULL
);
CREATE INDEX adjustments_division ON adjustments (division_id, stage);

-- The last one of an entry and scope holds. criterion: '' where the scope is wider.
CREATE TABLE difficulties (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('preselection', 'final')),
    entry_id uuid NOT NULL,
    part text NOT NULL,
    criterion text NOT NULL,
    value text NOT NULL,
    ledger_position bigint NOT NULL
);
CREATE INDEX difficulties_division ON difficulties (division_id, stage);

GRANT SELECT, INSERT ON deductions, adjustments, difficulties TO scoring_desk;
GRANT UPDATE (withdrawn_reason, withdrawn_position) ON deductions TO scoring_desk, scoring_system;
GRANT SELECT ON deductions, adjustments, difficulties TO scoring_supervisor;
GRANT SELECT, INSERT, DELETE ON deductions, adjustments, difficulties TO scoring_system;

-- migrate:down
DROP TABLE difficulties, adjustments, deductions;
