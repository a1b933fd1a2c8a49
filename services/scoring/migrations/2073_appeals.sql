-- migrate:up
-- The contestant's own entries, once registration has opened the codes; nobody else is found by it.
CREATE VIEW own_entries AS
    SELECT division_id, entry_id FROM board_names
     WHERE person_id = nullif(current_setting('laurel.actor', true), '')::uuid;

CREATE TABLE appeals (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('preselection', 'final')),
    entry_id uuid NOT NULL,
    ground text NOT NULL CHECK (ground IN ('eligibility', 'procedure', 'arithmetic', 'transcription', 'recusal')),
    text text NOT NULL CHECK (text <> ''),
    paper text NOT NULL,
    person_id uuid,
    filed_by uuid NOT NULL,
    filed_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('filed', 'refused', 'accepted', 'upheld', 'dismissed')),
    reason text NOT NULL DEFAULT '',
    due date,
    answer text NOT NULL DEFAULT '',
    answered_at timestamptz,
    correction_id uuid,
    CHECK (person_id IS NOT NULL OR paper <> ''),
    CHECK (state <> 'refused' OR reason <> ''),
    CHECK (state NOT IN ('accepted', 'upheld', 'dismissed') OR due IS NOT NULL),
    CHECK ((state IN ('upheld', 'dismissed')) = (answered_at IS NOT NULL)),
    CHECK ((answered_at IS NULL) = (answer = ''))
);
CREATE INDEX appeals_division ON appeals (division_id);

ALTER TABLE appeals ENABLE ROW LEVEL SECURITY;
-- An appeal about the own entry is the own one, on paper too.
CREATE POLICY own ON appeals TO scoring_member
    USING (entry_id IN (SELECT entry_id FROM own_entries))
    WITH CHECK (person_id = nullif(current_setting('laurel.actor', true), '')::uuid AND state = 'filed'
                AND entry_id IN (SELECT entry_id FROM own_entries));
CREATE POLICY staff ON appeals TO scoring_desk, scoring_supervisor USING (true) WITH CHECK (true);

-- What was looked at and found: written by the scorekeeper, signed by the supervisor.
CREATE TABLE rechecks (
    id uuid PRIMARY KEY,
    appeal_id uuid NOT NULL REFERENCES appeals,
    found text NOT NULL CHECK (found <> ''),
    written_by uuid NOT NULL,
    written_at timestamptz NOT NULL,
    signed_by uuid CHECK (signed_by <> written_by),
    signed_at timestamptz,
    ledger_position bigint,
    CHECK ((signed_by IS NULL) = (signed_at IS NULL) AND (signed_by IS NULL) = (ledger_position IS NULL))
);
CREATE INDEX rechecks_appeal ON rechecks (appeal_id);

GRANT SELECT ON own_entries TO scoring_member;
GRANT SELECT, INSERT ON appeals TO scoring_member, scoring_desk;
GRANT SELECT ON appeals TO scoring_supervisor;
GRANT UPDATE (state, reason, due, answer, answered_at, correction_id) ON appeals TO scoring_desk, scoring_supervisor;
GRANT SELECT, INSERT ON rechecks TO scoring_desk;
GRANT SELECT, UPDATE (signed_by, signed_at, ledger_position) ON rechecks TO scoring_supervisor;

-- A contestant's filing is a ledger entry of the division like everybody's.
GRANT SELECT ON activities, divisions, rolls, roll_items TO scoring_member;
GRANT SELECT, INSERT, UPDATE ON ledger_heads TO scoring_member;
GRANT INSERT ON ledger TO scoring_member;
GRANT SELECT, INSERT ON ledger_people TO scoring_member;

-- migrate:down
REVOKE ALL ON activities, divisions, rolls, roll_items, ledger_heads, ledger, ledger_people FROM scoring_member;
DROP TABLE rechecks, appeals;
DROP VIEW own_entries;
