-- migrate:up

CREATE TABLE branches (
    id       uuid PRIMARY KEY,
    code     text NOT NULL UNIQUE,
    name     text NOT NULL UNIQUE,
    name_key text NOT NULL,
    category text NOT NULL,
    numbers  jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON COLUMN branches.numbers IS 'head-counts by name, e.g. {"young_teachers": 41}; quotas are counted from them';

CREATE TABLE units (
    id        uuid PRIMARY KEY,
    handle    uuid NOT NULL UNIQUE,
    name      text NOT NULL UNIQUE,
    name_key  text NOT NULL,
    parent_id uuid REFERENCES units,
    branch_id uuid REFERENCES branches
);
COMMENT ON COLUMN units.handle IS 'opaque: the same name has the same handle in every service, and the handle tells nothing';
CREATE INDEX units_branch ON units (branch_id);

GRANT SELECT ON branches, units TO registration_public, registration_member, registration_officer,
    registration_organiser, registration_supervisor, registration_system, registration_gate;
GRANT INSERT, UPDATE ON branches, units TO registration_organiser;

-- migrate:down

DROP TABLE units;
DROP TABLE branches;
