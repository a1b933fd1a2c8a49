-- migrate:up
CREATE TABLE ledger_heads (
    division_id uuid PRIMARY KEY,
    position bigint NOT NULL CHECK (position >= 0),
    hash bytea NOT NULL CHECK (length(hash) = 32)
);

CREATE TABLE ledger (
    division_id uuid NOT NULL REFERENCES ledger_heads,
    position bigint NOT NULL CHECK (position > 0),
    kind text NOT NULL,
    at timestamptz NOT NULL,
    body text NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (division_id, position)
);

-- Whom a salted commitment in the ledger stands for. Deleting a row forgets the person; the chain still verifies.
CREATE TABLE ledger_people (
    subject_id uuid PRIMARY KEY,
    salt bytea NOT NULL CHECK (length(salt) = 32),
    commitment text NOT NULL UNIQUE,
    CHECK (commitment = encode(sha256(salt || convert_to(subject_id::text, 'UTF8')), 'hex'))
);

CREATE FUNCTION ledger_links() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    previous bytea;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.position = 1 THEN
        previous := decode(repeat('00', 32), 'hex');
    ELSE
        SELECT l.hash INTO previous FROM ledger l
         WHERE l.division_id = NEW.division_id AND l.position = NEW.position - 1;
    END IF;
    IF previous IS NULL OR NEW.hash <> sha256(previous || convert_to(NEW.body, 'UTF8')) THEN
        RAISE EXCEPTION 'ledger position % does not follow its predecessor', NEW.position
              USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_links BEFORE INSERT OR UPDATE OR DELETE ON ledger
    FOR EACH ROW EXECUTE FUNCTION ledger_links();

CREATE FUNCTION ledger_never_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER ledger_never_truncated BEFORE TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_never_truncated();

-- A head only moves forward.
CREATE FUNCTION ledger_head_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.division_id <> OLD.division_id OR NEW.position <= OLD.position THEN
        RAISE EXCEPTION 'a ledger head only moves forward' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_head_moves BEFORE UPDATE ON ledger_heads
    FOR EACH ROW EXECUTE FUNCTION ledger_head_moves();

-- The writer, the desk and the supervisor add entries; nobody changes one.
GRANT SELECT, INSERT, UPDATE ON ledger_heads TO scoring_writer, scoring_desk, scoring_supervisor, scoring_system;
GRANT INSERT ON ledger TO scoring_writer, scoring_desk, scoring_supervisor, scoring_system;
GRANT SELECT ON ledger TO scoring_supervisor, scoring_system;
GRANT SELECT, INSERT ON ledger_people TO scoring_writer, scoring_desk, scoring_supervisor, scoring_system;
GRANT SELECT ON ledger_heads TO scoring_judge, scoring_public;

-- migrate:down
DROP TABLE ledger_people, ledger, ledger_heads;
DROP FUNCTION ledger_links();
DROP FUNCTION ledger_never_truncated();
DROP FUNCTION ledger_head_moves();
