-- migrate:up
-- How many prizes the season's file foresees: only to show which prize edges a correction touches. Awards gives prizes.
CREATE TABLE prize_numbers (
    activity_key text NOT NULL,
    division_key text NOT NULL,
    position int NOT NULL CHECK (position > 0),
    name text NOT NULL,
    name_en text NOT NULL,
    count int NOT NULL CHECK (count > 0),
    PRIMARY KEY (activity_key, division_key, position)
);

-- A proposed change of a result. It does nothing until it is applied, and an applied one is never touched again.
CREATE TABLE corrections (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('preselection', 'final')),
    ground text NOT NULL CHECK (ground IN ('eligibility', 'procedure', 'arithmetic', 'transcription', 'recusal')),
    reason text NOT NULL CHECK (reason <> ''),
    appeal_id uuid,
    change text NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    seen bigint,
    asked_by uuid,
    asked_at timestamptz,
    applied_by uuid,
    applied_at timestamptz,
    ledger_position bigint,
    difference text,
    supersedes uuid,
    score_set_id uuid,
    withdrawn_at timestamptz,
    CHECK ((asked_by IS NULL) = (asked_at IS NULL) AND (asked_by IS NULL) = (seen IS NULL)),
    CHECK ((applied_by IS NULL) = (applied_at IS NULL) AND (applied_by IS NULL) = (ledger_position IS NULL)),
    CHECK (applied_by IS NULL OR (asked_by IS NOT NULL AND difference IS NOT NULL)),
    CHECK (supersedes IS NULL OR applied_by <> asked_by),
    CHECK (applied_at IS NULL OR withdrawn_at IS NULL),
    FOREIGN KEY (division_id, ledger_position) REFERENCES ledger (division_id, position)
);
CREATE INDEX corrections_division ON corrections (division_id, stage);

CREATE FUNCTION correction_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.withdrawn_at IS NOT NULL OR (OLD.applied_at IS NOT NULL AND (OLD.score_set_id IS NOT NULL
        OR NEW.change <> OLD.change OR NEW.difference <> OLD.difference OR NEW.ledger_position <> OLD.ledger_position)) THEN
        RAISE EXCEPTION 'an applied correction is not edited' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER correction_stays BEFORE UPDATE ON corrections FOR EACH ROW EXECUTE FUNCTION correction_stays();

GRANT SELECT, INSERT ON prize_numbers TO scoring_desk;
GRANT SELECT ON prize_numbers TO scoring_supervisor;
GRANT SELECT, INSERT ON corrections TO scoring_desk;
GRANT SELECT ON corrections TO scoring_supervisor;
GRANT UPDATE (seen, asked_by, asked_at, applied_by, applied_at, ledger_position, difference, supersedes, score_set_id, withdrawn_at)
   ON corrections TO scoring_desk, scoring_supervisor;

-- migrate:down
DROP TABLE corrections, prize_numbers;
DROP FUNCTION correction_stays();
