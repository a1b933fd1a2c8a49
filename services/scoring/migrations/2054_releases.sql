-- migrate:up
-- A result that the scorekeeper has released to the hall, with the supervisor: the only thing that moves the public view.
CREATE TABLE releases (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('preselection', 'final')),
    entry_id uuid,
    items text NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    confirmed_by uuid CHECK (confirmed_by <> asked_by),
    confirmed_at timestamptz,
    ledger_position bigint,
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CHECK ((confirmed_by IS NULL) = (ledger_position IS NULL))
);
CREATE UNIQUE INDEX releases_once ON releases (division_id, stage, coalesce(entry_id, division_id));

GRANT SELECT, INSERT, UPDATE (confirmed_by, confirmed_at, ledger_position, items) ON releases TO scoring_desk, scoring_supervisor;
GRANT SELECT ON releases TO scoring_system;

-- migrate:down
DROP TABLE releases;
