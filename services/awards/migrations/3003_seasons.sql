-- migrate:up

CREATE TABLE seasons (
    id           uuid PRIMARY KEY,
    key          text NOT NULL UNIQUE,
    title        text NOT NULL,
    title_en     text NOT NULL DEFAULT '',
    organisation text NOT NULL,
    language     text NOT NULL CHECK (language IN ('zh-CN', 'en')),
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    stored_by    uuid NOT NULL,
    stored_at    timestamptz NOT NULL
);

-- An upload between its check and its storing; the content goes when it is stored.
CREATE TABLE season_checks (
    id           uuid PRIMARY KEY,
    made_by      uuid NOT NULL,
    made_at      timestamptz NOT NULL,
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    content      bytea,
    faults       jsonb NOT NULL,
    summary      jsonb NOT NULL,
    season_id    uuid REFERENCES seasons
);

GRANT SELECT ON seasons TO awards_public, awards_member, awards_committee, awards_office, awards_supervisor, awards_system;
GRANT INSERT ON seasons TO awards_office;
GRANT SELECT, INSERT, UPDATE ON season_checks TO awards_office;

-- migrate:down

DROP TABLE season_checks;
DROP TABLE seasons;
