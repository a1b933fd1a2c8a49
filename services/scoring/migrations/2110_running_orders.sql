-- migrate:up
-- Places of the running order that two people have swapped in the hall: a projection of the ledger. drawn: what the sealed
-- roll says of the entry; where a later roll says something else, that roll counts.
CREATE TABLE running_orders (
    division_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    "order" int NOT NULL CHECK ("order" > 0),
    drawn int NOT NULL CHECK (drawn > 0),
    ledger_position bigint NOT NULL,
    PRIMARY KEY (division_id, entry_id)
);

-- Who does not take part (弃权), or does again: a projection of the ledger.
CREATE TABLE absences (
    division_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    absent boolean NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    ledger_position bigint NOT NULL,
    PRIMARY KEY (division_id, entry_id)
);

-- A change of the running order that needs two people: asked by one, confirmed by another.
CREATE TABLE order_requests (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('swap', 'absent', 'present')),
    entries uuid[] NOT NULL CHECK (cardinality(entries) = CASE kind WHEN 'swap' THEN 2 ELSE 1 END),
    reason text NOT NULL CHECK (reason <> ''),
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    confirmed_by uuid CHECK (confirmed_by <> asked_by),
    confirmed_at timestamptz,
    ledger_position bigint,
    withdrawn_at timestamptz,
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CHECK ((confirmed_by IS NULL) = (ledger_position IS NULL)),
    CHECK (confirmed_at IS NULL OR withdrawn_at IS NULL)
);
CREATE INDEX order_requests_division ON order_requests (division_id);

-- What the usher knows of a contestant; no result hangs on it.
CREATE TABLE presences (
    division_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'called', 'late')),
    said_by uuid NOT NULL,
    said_at timestamptz NOT NULL,
    PRIMARY KEY (division_id, entry_id)
);

-- A roll in the order in which the hall runs it; what was sealed stays in roll_lines.
CREATE VIEW running_lines AS
    SELECT l.roll_id, l.entry_id, l.code, coalesce(o."order", l."order") AS "order", l.title, l.unit_id, l.commitment
      FROM roll_lines l JOIN rolls r USING (roll_id)
      LEFT JOIN running_orders o
        ON (o.division_id, o.entry_id, o.drawn) = (r.division_id, l.entry_id, l."order") AND r.stage = 'final';

-- A judge learns of those to mark and of nobody else.
ALTER TABLE absences ENABLE ROW LEVEL SECURITY;
ALTER TABLE presences ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON absences FOR SELECT TO scoring_judge
    USING (EXISTS (SELECT FROM assignments a WHERE a.entry_id = absences.entry_id AND a.judge_id = acting_judge()));
CREATE POLICY own ON presences FOR SELECT TO scoring_judge
    USING (EXISTS (SELECT FROM assignments a WHERE a.entry_id = presences.entry_id AND a.judge_id = acting_judge()));
CREATE POLICY staff ON absences TO scoring_hall, scoring_desk, scoring_supervisor, scoring_system USING (true) WITH CHECK (true);
CREATE POLICY staff ON presences TO scoring_hall, scoring_desk, scoring_supervisor, scoring_system USING (true) WITH CHECK (true);

GRANT SELECT ON running_lines TO scoring_hall, scoring_judge, scoring_member, scoring_desk, scoring_supervisor, scoring_system;
GRANT SELECT, INSERT, UPDATE ON running_orders, absences TO scoring_supervisor;
GRANT SELECT ON running_orders TO scoring_hall, scoring_desk;
GRANT SELECT ON absences TO scoring_hall, scoring_desk;
GRANT SELECT (division_id, entry_id, absent) ON absences TO scoring_judge;
GRANT SELECT, INSERT, UPDATE, DELETE ON running_orders, absences TO scoring_system;
GRANT SELECT, INSERT, UPDATE (withdrawn_at) ON order_requests TO scoring_desk;
GRANT SELECT, UPDATE (confirmed_by, confirmed_at, ledger_position) ON order_requests TO scoring_supervisor;
GRANT SELECT ON order_requests TO scoring_hall;
GRANT SELECT, INSERT, UPDATE ON presences TO scoring_hall;
GRANT SELECT ON presences TO scoring_desk, scoring_supervisor, scoring_system;
GRANT SELECT (division_id, entry_id, state) ON presences TO scoring_judge;

-- migrate:down
DROP VIEW running_lines;
DROP TABLE presences, order_requests, absences, running_orders;
