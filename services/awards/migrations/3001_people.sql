-- migrate:up

-- What an award list needs of a person; the newest description wins, an older version is ignored.
CREATE TABLE people (
    id          uuid PRIMARY KEY,
    version     integer NOT NULL CHECK (version > 0),
    name        text NOT NULL,
    name_key    text NOT NULL,
    staff_no    text NOT NULL DEFAULT '',
    unit        text NOT NULL DEFAULT '',
    branch_code text NOT NULL DEFAULT '',
    branch      text NOT NULL DEFAULT ''
);

GRANT SELECT, INSERT, UPDATE ON people TO awards_system;
GRANT SELECT ON people TO awards_committee, awards_office, awards_supervisor;

-- migrate:down

DROP TABLE people;
