-- migrate:up

-- A later decision of the same edition covers who was suspended when the first was issued.
CREATE TABLE commendations (
    id          uuid PRIMARY KEY,
    edition_id  uuid NOT NULL REFERENCES editions,
    version     integer NOT NULL CHECK (version > 0),
    document_no text NOT NULL CHECK (document_no <> ''),
    decided_on  date NOT NULL,
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    UNIQUE (edition_id, version)
);

-- Certificate numbers are given with the decision, in its order, and never again.
CREATE TABLE certificate_serials (
    year integer PRIMARY KEY,
    last integer NOT NULL CHECK (last > 0)
);

CREATE TABLE commended_awards (
    award_id        uuid PRIMARY KEY REFERENCES awards,
    commendation_id uuid NOT NULL REFERENCES commendations,
    certificate_no  text NOT NULL UNIQUE
);

GRANT SELECT ON commendations, commended_awards TO awards_committee, awards_office, awards_supervisor, awards_system;
GRANT INSERT ON commendations, commended_awards TO awards_office;
GRANT SELECT, INSERT, UPDATE ON certificate_serials TO awards_office;

-- migrate:down

DROP TABLE commended_awards;
DROP TABLE certificate_serials;
DROP TABLE commendations;
