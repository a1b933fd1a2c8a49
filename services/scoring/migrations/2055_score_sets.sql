-- migrate:up
-- A sealed result of one stage: proposed by the scorekeeper, sealed by the supervisor, never changed; a correction
-- is the next version and supersedes it.
CREATE TABLE score_sets (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('preselection', 'final')),
    version int NOT NULL CHECK (version > 0),
    supersedes uuid REFERENCES score_sets,
    content text NOT NULL,
    hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    sealed_by uuid CHECK (sealed_by <> proposed_by),
    sealed_at timestamptz,
    ledger_position bigint,
    CHECK ((sealed_by IS NULL) = (sealed_at IS NULL)),
    CHECK ((sealed_by IS NULL) = (ledger_position IS NULL))
);
CREATE UNIQUE INDEX score_sets_sealed ON score_sets (division_id, stage, version) WHERE sealed_by IS NOT NULL;

CREATE FUNCTION score_set_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sealed_by IS NOT NULL OR NEW.content <> OLD.content OR NEW.hash <> OLD.hash OR NEW.version <> OLD.version THEN
        RAISE EXCEPTION 'a score set is not edited' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER score_set_stays BEFORE UPDATE ON score_sets FOR EACH ROW EXECUTE FUNCTION score_set_stays();

GRANT SELECT, INSERT, UPDATE (sealed_by, sealed_at, ledger_position) ON score_sets TO scoring_desk, scoring_supervisor;
GRANT SELECT ON score_sets TO scoring_system;

-- migrate:down
DROP TABLE score_sets;
DROP FUNCTION score_set_stays();
