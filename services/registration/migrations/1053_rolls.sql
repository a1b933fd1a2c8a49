-- migrate:up

CREATE TABLE rolls (
    id          uuid PRIMARY KEY,
    division_id uuid NOT NULL REFERENCES divisions,
    stage       text NOT NULL CHECK (stage IN ('preselection', 'final')),
    version     integer NOT NULL CHECK (version > 0),
    supersedes  uuid UNIQUE REFERENCES rolls,
    hash        text NOT NULL CHECK (length(hash) = 64),
    sealed_at   timestamptz NOT NULL,
    sealed_by   uuid NOT NULL,
    UNIQUE (division_id, stage, version),
    CHECK ((version = 1) = (supersedes IS NULL))
);
CREATE TABLE roll_items (
    roll_id       uuid NOT NULL REFERENCES rolls,
    entry_id      uuid NOT NULL REFERENCES entries,
    person_id     uuid NOT NULL REFERENCES persons,
    code          text NOT NULL,
    number        integer CHECK (number > 0),
    title         text NOT NULL,
    unit_handle   uuid NOT NULL,
    commitment    text NOT NULL CHECK (length(commitment) = 64),
    salt          bytea NOT NULL CHECK (length(salt) = 32),
    PRIMARY KEY (roll_id, entry_id),
    UNIQUE (roll_id, code),
    UNIQUE (roll_id, number)
);
-- Two roles sign the opening of a roll, and they are two people.
CREATE TABLE roll_signatures (
    roll_id   uuid NOT NULL REFERENCES rolls,
    role      text NOT NULL CHECK (role IN ('organiser', 'supervisor')),
    person_id uuid NOT NULL REFERENCES persons,
    signed_at timestamptz NOT NULL,
    PRIMARY KEY (roll_id, role),
    UNIQUE (roll_id, person_id)
);

GRANT SELECT ON rolls, roll_items, roll_signatures TO registration_organiser, registration_supervisor;
GRANT INSERT ON rolls, roll_items, roll_signatures TO registration_organiser;
GRANT INSERT ON roll_signatures TO registration_supervisor;

-- migrate:down

DROP TABLE roll_signatures, roll_items, rolls;
