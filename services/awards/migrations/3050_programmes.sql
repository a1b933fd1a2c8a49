-- migrate:up

-- Branches as the season folder states them; the id is opaque and the same in every service.
CREATE TABLE branches (
    id             uuid PRIMARY KEY,
    code           text NOT NULL UNIQUE CHECK (code <> ''),
    name           text NOT NULL CHECK (name <> ''),
    name_key       text NOT NULL,
    category       text NOT NULL,
    officer_handle uuid
);

-- A programme is an edition whose list comes from a ballot; its rule is frozen with the season.
CREATE TABLE programmes (
    id        uuid PRIMARY KEY REFERENCES editions,
    key       text NOT NULL UNIQUE,
    rule      jsonb NOT NULL,
    rule_hash text NOT NULL CHECK (length(rule_hash) = 64)
);

-- One row per place to nominate: a stratum cannot take more nominations than it has rows here.
CREATE TABLE nomination_places (
    programme_id uuid NOT NULL REFERENCES programmes,
    stratum      text NOT NULL,
    place        integer NOT NULL CHECK (place > 0),
    PRIMARY KEY (programme_id, stratum, place)
);

-- Who is due at the ballot. The handle is opaque: it tells nobody who the account is.
CREATE TABLE committee_members (
    programme_id uuid NOT NULL REFERENCES programmes,
    seat         integer NOT NULL CHECK (seat > 0),
    handle       uuid NOT NULL,
    account      text NOT NULL,
    name         text NOT NULL,
    PRIMARY KEY (programme_id, handle),
    UNIQUE (programme_id, seat)
);

GRANT SELECT ON branches, programmes, nomination_places
    TO awards_member, awards_committee, awards_office, awards_supervisor, awards_system;
GRANT SELECT ON committee_members TO awards_committee, awards_office, awards_supervisor;
GRANT INSERT ON branches, programmes, nomination_places, committee_members TO awards_office;
GRANT UPDATE (name, name_key, category, officer_handle) ON branches TO awards_office;

-- migrate:down

DROP TABLE committee_members;
DROP TABLE nomination_places;
DROP TABLE programmes;
DROP TABLE branches;
