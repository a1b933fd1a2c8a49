-- migrate:up

-- The draw meeting of a division: held once. seed: public at the meeting, so that anybody can repeat the lot.
CREATE TABLE draws (
    id          uuid PRIMARY KEY,
    division_id uuid NOT NULL UNIQUE REFERENCES divisions,
    seed        bytea NOT NULL CHECK (length(seed) = 32),
    held_at     timestamptz NOT NULL,
    held_by     uuid NOT NULL,
    present     text[] NOT NULL
);
COMMENT ON COLUMN draws.present IS 'names on the presence list of the meeting';
CREATE TABLE draw_numbers (
    entry_id    uuid PRIMARY KEY REFERENCES entries,
    division_id uuid NOT NULL REFERENCES draws (division_id),
    number      integer NOT NULL CHECK (number > 0),
    UNIQUE (division_id, number)
);

-- Blind codes, unique in the activity. Their seed stays with the supervisor until the roll is opened.
CREATE TABLE code_draws (
    id          uuid PRIMARY KEY,
    division_id uuid NOT NULL REFERENCES divisions,
    seed        bytea NOT NULL CHECK (length(seed) = 32),
    drawn_at    timestamptz NOT NULL
);
CREATE TABLE codes (
    entry_id    uuid PRIMARY KEY REFERENCES entries,
    activity_id uuid NOT NULL REFERENCES activities,
    code        text NOT NULL,
    UNIQUE (activity_id, code)
);

ALTER TABLE draw_numbers ENABLE ROW LEVEL SECURITY;
ALTER TABLE codes ENABLE ROW LEVEL SECURITY;
CREATE POLICY draw_numbers_all ON draw_numbers TO registration_organiser, registration_supervisor, registration_system
    USING (true) WITH CHECK (true);
CREATE POLICY draw_numbers_seen ON draw_numbers FOR SELECT TO registration_member, registration_officer
    USING (entry_id IN (SELECT id FROM entries));
CREATE POLICY codes_all ON codes TO registration_organiser, registration_supervisor, registration_system
    USING (true) WITH CHECK (true);
CREATE POLICY codes_own ON codes FOR SELECT TO registration_member USING (entry_id IN (SELECT id FROM entries));

GRANT SELECT ON draws TO registration_member, registration_officer, registration_organiser, registration_supervisor,
    registration_system;
GRANT SELECT ON draw_numbers TO registration_member, registration_officer, registration_organiser,
    registration_supervisor, registration_system;
-- An officer may ask and gets no row: no policy lets one see a code.
GRANT SELECT ON codes TO registration_member, registration_officer, registration_organiser, registration_supervisor, registration_system;
GRANT SELECT ON code_draws TO registration_supervisor;
GRANT INSERT ON draws, draw_numbers, code_draws, codes TO registration_organiser;

-- Anybody may repeat the lot: the seed, the entries' ids and their numbers; no name and no code.
CREATE VIEW drawn_numbers AS
    SELECT draw_numbers.division_id, draw_numbers.number, draw_numbers.entry_id, entries.state
      FROM draw_numbers JOIN entries ON entries.id = draw_numbers.entry_id;
GRANT SELECT ON drawn_numbers TO registration_public;
GRANT SELECT (id, division_id, seed, held_at) ON draws TO registration_public;

-- migrate:down

DROP VIEW drawn_numbers;
DROP TABLE codes, code_draws, draw_numbers, draws;
