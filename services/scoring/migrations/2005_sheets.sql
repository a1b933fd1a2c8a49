-- migrate:up
-- What judges sent: immutable, and recreated from the ledger by a rebuild.
CREATE TABLE revisions (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    judge_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    part text NOT NULL,
    device_id uuid NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    base uuid,
    rubric_version int NOT NULL,
    marks text NOT NULL,
    comment text NOT NULL,
    reason text NOT NULL,
    written_at timestamptz,
    received_at timestamptz NOT NULL,
    content_hash text NOT NULL CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    disposition text NOT NULL CHECK (disposition IN
        ('counted', 'superseded', 'held_locked', 'held_conflict', 'held_invalid', 'held_recused', 'held_rubric')),
    head uuid,
    ledger_position bigint NOT NULL,
    chain_hash text NOT NULL,
    UNIQUE (division_id, ledger_position),
    FOREIGN KEY (division_id, ledger_position) REFERENCES ledger (division_id, position)
);
CREATE INDEX revisions_sheet ON revisions (judge_id, entry_id, part);

-- The revision that counts, one row per sheet: a projection of the ledger.
CREATE TABLE sheet_heads (
    judge_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    part text NOT NULL,
    division_id uuid NOT NULL,
    revision_id uuid NOT NULL REFERENCES revisions (id),
    device_id uuid NOT NULL,
    seq bigint NOT NULL,
    marks text NOT NULL,
    ledger_position bigint NOT NULL,
    PRIMARY KEY (judge_id, entry_id, part)
);
CREATE INDEX sheet_heads_division ON sheet_heads (division_id);

-- A supervisor has seen this correction: a projection of the ledger.
CREATE TABLE countersignatures (
    revision_id uuid PRIMARY KEY REFERENCES revisions (id),
    division_id uuid NOT NULL,
    ledger_position bigint NOT NULL
);

-- A stage of a division that is locked: a projection of the ledger.
CREATE TABLE stage_locks (
    division_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('preselection', 'final')),
    locked boolean NOT NULL,
    ledger_position bigint NOT NULL,
    PRIMARY KEY (division_id, stage)
);

-- A change that needs two people: asked by one, confirmed by another.
CREATE TABLE lock_requests (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('preselection', 'final')),
    kind text NOT NULL CHECK (kind IN ('lock', 'unlock')),
    reason text NOT NULL CHECK (kind = 'lock' OR reason <> ''),
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    confirmed_by uuid CHECK (confirmed_by <> asked_by),
    confirmed_at timestamptz,
    ledger_position bigint,
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CHECK ((confirmed_by IS NULL) = (ledger_position IS NULL))
);
CREATE INDEX lock_requests_division ON lock_requests (division_id, stage);

ALTER TABLE revisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sheet_heads ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON revisions FOR SELECT TO scoring_judge USING (judge_id = acting_judge());
CREATE POLICY own ON sheet_heads FOR SELECT TO scoring_judge USING (judge_id = acting_judge());
CREATE POLICY staff ON revisions TO scoring_writer, scoring_desk, scoring_supervisor, scoring_system
    USING (true) WITH CHECK (true);
CREATE POLICY staff ON sheet_heads TO scoring_writer, scoring_desk, scoring_supervisor, scoring_system
    USING (true) WITH CHECK (true);

-- The writer adds revisions and moves heads; of a revision it may read what an acknowledgement says, not the marks.
GRANT INSERT ON revisions TO scoring_writer;
GRANT SELECT (id, content_hash, disposition, head, ledger_position, chain_hash) ON revisions TO scoring_writer;
GRANT SELECT, INSERT, UPDATE ON sheet_heads TO scoring_writer;
GRANT SELECT ON stage_locks TO scoring_writer, scoring_judge, scoring_system;
GRANT SELECT ON revisions, sheet_heads TO scoring_judge, scoring_desk, scoring_supervisor, scoring_system;
GRANT SELECT, INSERT, UPDATE ON stage_locks, lock_requests TO scoring_desk, scoring_supervisor;
GRANT SELECT ON lock_requests TO scoring_system;
GRANT SELECT, INSERT ON countersignatures TO scoring_supervisor;
GRANT SELECT ON countersignatures TO scoring_desk, scoring_judge;

-- A rebuild replaces projections by what the ledger says.
GRANT INSERT, DELETE ON revisions, countersignatures TO scoring_system;
GRANT INSERT, UPDATE, DELETE ON sheet_heads, stage_locks TO scoring_system;
GRANT SELECT ON countersignatures TO scoring_system;

-- migrate:down
DROP TABLE lock_requests, stage_locks, countersignatures, sheet_heads, revisions;
