-- migrate:up

CREATE TABLE seasons (
    id           uuid PRIMARY KEY,
    key          text NOT NULL UNIQUE CHECK (key ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    title        text NOT NULL,
    title_en     text NOT NULL DEFAULT '',
    language     text NOT NULL CHECK (language IN ('zh-CN', 'en')),
    organisation text NOT NULL,
    as_of        date NOT NULL,
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    stored_by    uuid NOT NULL,
    stored_at    timestamptz NOT NULL
);

-- An upload between its check and its storing. The content goes when it is stored or thrown away: it holds a roster.
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

GRANT SELECT ON seasons TO registration_public, registration_member, registration_officer,
    registration_organiser, registration_supervisor, registration_system;
GRANT INSERT ON seasons TO registration_organiser;
GRANT SELECT, INSERT, UPDATE ON season_checks TO registration_organiser;
GRANT SELECT (content, made_at), UPDATE (content) ON season_checks TO registration_system;

-- migrate:down

DROP TABLE season_checks;
DROP TABLE seasons;
