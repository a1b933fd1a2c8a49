-- migrate:up

-- Each row is a whole column of a scorecard; the newest version counts, a correction says why.
CREATE TABLE scorecards (
    id            uuid PRIMARY KEY,
    nomination_id uuid NOT NULL REFERENCES nominations,
    kind          text NOT NULL CHECK (kind IN ('self', 'audited')),
    version       integer NOT NULL CHECK (version > 0),
    scores        jsonb NOT NULL,
    correction    text NOT NULL DEFAULT '',
    recorded_by   uuid NOT NULL,
    recorded_at   timestamptz NOT NULL,
    UNIQUE (nomination_id, kind, version),
    CHECK (version = 1 OR btrim(correction) <> '')
);
COMMENT ON COLUMN scorecards.scores IS 'item key -> count of the scorecard''s unit; every item is there';

GRANT SELECT ON scorecards TO awards_member, awards_committee, awards_office, awards_supervisor;
GRANT INSERT ON scorecards TO awards_member, awards_committee;

-- migrate:down

DROP TABLE scorecards;
