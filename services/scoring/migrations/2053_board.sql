-- migrate:up
-- What the hall may see: one whole frame per division. The audience `public` reads this and nothing else of a division.
CREATE TABLE board_frames (
    division_id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version > 0),
    body text NOT NULL,
    made_at timestamptz NOT NULL
);

-- A frame only moves forward, so a slow process cannot bring an old picture back.
CREATE FUNCTION board_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version <= OLD.version THEN
        RAISE EXCEPTION 'a board frame only moves forward' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER board_moves BEFORE UPDATE ON board_frames FOR EACH ROW EXECUTE FUNCTION board_moves();

-- Codes that registration has opened, and the names then fetched from the people stream.
CREATE TABLE board_names (
    division_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    person_id uuid NOT NULL,
    name text,
    unit text,
    PRIMARY KEY (division_id, entry_id)
);

GRANT SELECT ON board_frames TO scoring_public, scoring_desk, scoring_supervisor, scoring_judge;
GRANT SELECT, INSERT, UPDATE ON board_frames TO scoring_system;
GRANT SELECT, INSERT, UPDATE ON board_names TO scoring_system;
GRANT SELECT ON board_names TO scoring_desk, scoring_supervisor;

-- migrate:down
DROP TABLE board_names, board_frames;
DROP FUNCTION board_moves();
