-- migrate:up
-- Who is acting, for row security: the judge's handle where the edge states one, else the actor.
CREATE FUNCTION acting_judge() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('laurel.handle', true), ''),
                    nullif(current_setting('laurel.actor', true), ''))::uuid
$$;

CREATE TABLE activities (
    activity_id uuid PRIMARY KEY,
    version int NOT NULL CHECK (version > 0),
    key text NOT NULL UNIQUE,
    title text NOT NULL,
    title_en text NOT NULL,
    edition int,
    kind text NOT NULL
);

CREATE TABLE divisions (
    division_id uuid PRIMARY KEY,
    activity_id uuid NOT NULL REFERENCES activities,
    key text NOT NULL,
    title text NOT NULL,
    title_en text NOT NULL,
    places int NOT NULL,
    UNIQUE (activity_id, key)
);

CREATE TABLE rolls (
    roll_id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('preselection', 'final')),
    version int NOT NULL CHECK (version > 0),
    supersedes uuid,
    hash text NOT NULL,
    received_at timestamptz NOT NULL,
    UNIQUE (division_id, stage, version)
);

CREATE TABLE roll_items (
    roll_id uuid NOT NULL REFERENCES rolls,
    entry_id uuid NOT NULL,
    code text NOT NULL,
    "order" int,
    title text NOT NULL,
    unit_id uuid,
    commitment text NOT NULL,
    PRIMARY KEY (roll_id, entry_id),
    UNIQUE (roll_id, code)
);

GRANT SELECT, INSERT, UPDATE ON activities, divisions TO scoring_system;
GRANT SELECT, INSERT ON rolls, roll_items TO scoring_system;
GRANT SELECT ON activities, divisions, rolls, roll_items
   TO scoring_judge, scoring_desk, scoring_supervisor, scoring_writer;
GRANT SELECT ON activities, divisions TO scoring_public, scoring_gate;

-- migrate:down
DROP TABLE roll_items, rolls, divisions, activities;
DROP FUNCTION acting_judge();
