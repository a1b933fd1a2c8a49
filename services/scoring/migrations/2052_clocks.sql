-- migrate:up
-- The clock of one entry's lesson: it runs from `running_since`, on top of what had passed before a pause.
CREATE TABLE clocks (
    division_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    number int NOT NULL CHECK (number > 0),
    limit_seconds int NOT NULL CHECK (limit_seconds > 0),
    warning_seconds int NOT NULL CHECK (warning_seconds > 0 AND warning_seconds < limit_seconds),
    passed_ms bigint NOT NULL DEFAULT 0 CHECK (passed_ms >= 0),
    running_since timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (division_id, entry_id),
    UNIQUE (division_id, number),
    CHECK (running_since IS NULL OR ended_at IS NULL)
);
-- One lesson at a time in one hall.
CREATE UNIQUE INDEX clocks_one_open ON clocks (division_id) WHERE ended_at IS NULL;

GRANT SELECT, INSERT, UPDATE ON clocks TO scoring_desk;
GRANT SELECT ON clocks TO scoring_supervisor, scoring_system;

-- migrate:down
DROP TABLE clocks;
