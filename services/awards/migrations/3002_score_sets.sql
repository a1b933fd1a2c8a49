-- migrate:up

CREATE TABLE activities (
    id       uuid PRIMARY KEY,
    version  integer NOT NULL CHECK (version > 0),
    key      text NOT NULL,
    title    text NOT NULL,
    title_en text NOT NULL DEFAULT ''
);

CREATE TABLE divisions (
    id          uuid PRIMARY KEY,
    activity_id uuid NOT NULL REFERENCES activities,
    key         text NOT NULL,
    title       text NOT NULL,
    title_en    text NOT NULL DEFAULT '',
    UNIQUE (activity_id, key)
);

-- The course titles of a sealed roll. No names: those come with the opening of the codes.
CREATE TABLE roll_items (
    roll_id  uuid NOT NULL,
    entry_id uuid NOT NULL,
    code     text NOT NULL,
    title    text NOT NULL DEFAULT '',
    PRIMARY KEY (roll_id, entry_id)
);

CREATE TABLE openings (
    roll_id     uuid PRIMARY KEY,
    version     integer NOT NULL,
    division_id uuid NOT NULL,
    opened_at   timestamptz NOT NULL
);

CREATE TABLE opened_codes (
    roll_id   uuid NOT NULL REFERENCES openings,
    entry_id  uuid NOT NULL,
    code      text NOT NULL,
    person_id uuid NOT NULL,
    PRIMARY KEY (roll_id, entry_id)
);

CREATE TABLE score_sets (
    id              uuid PRIMARY KEY,
    version         integer NOT NULL CHECK (version > 0),
    supersedes      uuid,
    division_id     uuid NOT NULL,
    roll_id         uuid NOT NULL,
    roll_version    integer NOT NULL,
    roll_hash       text NOT NULL,
    rule_hash       text NOT NULL,
    ledger_position bigint NOT NULL,
    ledger_head     text NOT NULL,
    hash            text NOT NULL,
    received_at     timestamptz NOT NULL
);
CREATE INDEX score_sets_division ON score_sets (division_id);

CREATE TABLE score_set_items (
    score_set_id uuid NOT NULL REFERENCES score_sets,
    entry_id     uuid NOT NULL,
    code         text NOT NULL,
    rank         integer NOT NULL CHECK (rank > 0),
    result_n     numeric NOT NULL,
    result_d     numeric NOT NULL CHECK (result_d > 0),
    shown        text NOT NULL,
    decided_by   text NOT NULL DEFAULT '',
    PRIMARY KEY (score_set_id, entry_id)
);

GRANT SELECT, INSERT, UPDATE ON activities, divisions TO awards_system;
GRANT SELECT, INSERT ON roll_items, openings, opened_codes, score_sets, score_set_items TO awards_system;
GRANT SELECT ON activities, divisions, roll_items, openings, opened_codes, score_sets, score_set_items
    TO awards_committee, awards_office, awards_supervisor;

-- migrate:down

DROP TABLE score_set_items;
DROP TABLE score_sets;
DROP TABLE opened_codes;
DROP TABLE openings;
DROP TABLE roll_items;
DROP TABLE divisions;
DROP TABLE activities;
