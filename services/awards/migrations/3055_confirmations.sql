-- migrate:up

-- Who signed a competition's award list, over exactly these score sets. A list is confirmed by one signature of each role.
CREATE TABLE confirmations (
    id            uuid PRIMARY KEY,
    edition_id    uuid NOT NULL REFERENCES editions,
    score_set_ids uuid[] NOT NULL CHECK (cardinality(score_set_ids) > 0),
    role          text NOT NULL CHECK (role IN ('committee', 'supervisor')),
    signed_by     uuid NOT NULL,
    name          text NOT NULL,
    signed_at     timestamptz NOT NULL,
    UNIQUE (edition_id, score_set_ids, role)
);

GRANT SELECT ON confirmations TO awards_committee, awards_office, awards_supervisor;
GRANT INSERT ON confirmations TO awards_committee;

-- migrate:down

DROP TABLE confirmations;
