-- migrate:up

-- The head of the door: one row per division, locked by whoever gives or frees a place. seed, keys: the recorded lot and
-- what decided before it; closed_at: the draw began, nobody is promoted any more.
CREATE TABLE admission_heads (
    division_id   uuid PRIMARY KEY REFERENCES divisions,
    last_position integer NOT NULL DEFAULT 0 CHECK (last_position >= 0),
    seed          bytea CHECK (length(seed) = 32),
    keys          text[],
    score_set_id  uuid,
    decided_at    timestamptz,
    decided_by    uuid,
    closed_at     timestamptz
);

-- Where an entry stands in the order of admission; written once, never changed.
CREATE TABLE admission_positions (
    entry_id    uuid PRIMARY KEY,
    division_id uuid NOT NULL REFERENCES admission_heads,
    position    integer NOT NULL CHECK (position > 0),
    UNIQUE (division_id, position)
);

-- Places given. A number of a division is held by one entry at a time and is never above the division's places: the
-- foreign key carries the capacity into the row, so no path can exceed it.
ALTER TABLE divisions ADD CONSTRAINT divisions_places UNIQUE (id, places);
CREATE TABLE admission_places (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry_id    uuid NOT NULL REFERENCES admission_positions,
    division_id uuid NOT NULL,
    number      integer NOT NULL,
    places      integer NOT NULL,
    given_at    timestamptz NOT NULL,
    freed_at    timestamptz,
    CHECK (number BETWEEN 1 AND places),
    CHECK (freed_at >= given_at),
    FOREIGN KEY (division_id, places) REFERENCES divisions (id, places) ON UPDATE CASCADE
);
CREATE UNIQUE INDEX admission_places_number ON admission_places (division_id, number) WHERE freed_at IS NULL;
CREATE UNIQUE INDEX admission_places_entry ON admission_places (entry_id) WHERE freed_at IS NULL;

-- Sealed score sets, as far as registration needs them: ranks of a preselection, and which roll has been marked.
CREATE TABLE score_sets (
    id          uuid PRIMARY KEY,
    division_id uuid NOT NULL REFERENCES divisions,
    stage       text NOT NULL CHECK (stage IN ('preselection', 'final')),
    roll_id     uuid NOT NULL,
    version     integer NOT NULL CHECK (version > 0),
    received_at timestamptz NOT NULL,
    UNIQUE (division_id, stage, version)
);
CREATE TABLE score_set_ranks (
    score_set_id uuid NOT NULL REFERENCES score_sets,
    entry_id     uuid NOT NULL,
    rank         integer NOT NULL CHECK (rank > 0),
    PRIMARY KEY (score_set_id, entry_id)
);

GRANT SELECT ON admission_heads, admission_positions, admission_places, score_sets, score_set_ranks
    TO registration_system, registration_organiser, registration_supervisor;
GRANT SELECT (entry_id, division_id, position) ON admission_positions TO registration_member, registration_officer;
GRANT INSERT, UPDATE ON admission_heads TO registration_system, registration_organiser;
GRANT INSERT ON admission_positions TO registration_system, registration_organiser;
GRANT INSERT, UPDATE (freed_at) ON admission_places TO registration_system, registration_organiser;
GRANT INSERT ON score_sets, score_set_ranks TO registration_system;

-- migrate:down

DROP TABLE score_set_ranks, score_sets, admission_places, admission_positions, admission_heads;
ALTER TABLE divisions DROP CONSTRAINT divisions_places;
