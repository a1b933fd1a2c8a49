-- migrate:up
-- Who judges a division: seats by the keys of the season folder, because a panel is named before the division opens.
CREATE TABLE panels (
    id uuid PRIMARY KEY,
    activity_key text NOT NULL,
    division_key text NOT NULL,
    venue text NOT NULL DEFAULT '',
    season_key text NOT NULL,
    UNIQUE (activity_key, division_key)
);

CREATE TABLE seats (
    panel_id uuid NOT NULL REFERENCES panels,
    judge_id uuid NOT NULL,
    position int NOT NULL CHECK (position > 0),
    kind text NOT NULL CHECK (kind IN ('judge', 'reserve')),
    name text NOT NULL CHECK (name <> ''),
    unit_id uuid,
    leader boolean NOT NULL DEFAULT false,
    PRIMARY KEY (panel_id, judge_id),
    UNIQUE (panel_id, kind, position),
    CHECK (NOT leader OR kind = 'judge')
);

-- A declared relation. That two people belong to one unit is found from the roll and needs no row here.
CREATE TABLE recusals (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    judge_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    relation text NOT NULL CHECK (relation <> ''),
    reserve_id uuid CHECK (reserve_id <> judge_id),
    declared_by uuid NOT NULL,
    declared_at timestamptz NOT NULL,
    UNIQUE (judge_id, entry_id)
);
CREATE INDEX recusals_division ON recusals (division_id);

GRANT SELECT ON panels, seats TO scoring_judge, scoring_supervisor, scoring_writer;
GRANT SELECT, INSERT ON panels, seats TO scoring_desk, scoring_system;
GRANT SELECT, INSERT ON recusals TO scoring_desk;
GRANT SELECT ON recusals TO scoring_supervisor, scoring_system;

-- migrate:down
DROP TABLE recusals, seats, panels;
