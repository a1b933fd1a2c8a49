-- migrate:up
-- An uploaded season folder: first checked as a whole, then stored as a whole.
CREATE TABLE season_checks (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    content_hash text NOT NULL CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    faults text NOT NULL,
    summary text NOT NULL,
    plan text,
    checked_by uuid NOT NULL,
    checked_at timestamptz NOT NULL
);

CREATE TABLE seasons (
    key text PRIMARY KEY,
    content_hash text NOT NULL CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    title text NOT NULL,
    title_en text NOT NULL,
    organisation text NOT NULL,
    stored_by uuid NOT NULL,
    stored_at timestamptz NOT NULL
);

GRANT SELECT, INSERT ON season_checks, seasons TO scoring_desk;
GRANT SELECT ON seasons TO scoring_system, scoring_supervisor, scoring_judge;

-- migrate:down
DROP TABLE seasons, season_checks;
