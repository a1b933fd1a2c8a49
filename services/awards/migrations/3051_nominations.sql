-- migrate:up

CREATE TABLE nominations (
    id           uuid PRIMARY KEY,
    programme_id uuid NOT NULL REFERENCES programmes,
    branch_id    uuid NOT NULL REFERENCES branches,
    stratum      text NOT NULL,
    place        integer NOT NULL,
    reason       text NOT NULL CHECK (btrim(reason) <> ''),
    nominated_by uuid NOT NULL,
    nominated_at timestamptz NOT NULL,
    withdrawn_by uuid,
    withdrawn_at timestamptz,
    FOREIGN KEY (programme_id, stratum, place) REFERENCES nomination_places,
    CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL))
);
CREATE UNIQUE INDEX nominations_once ON nominations (programme_id, branch_id) WHERE withdrawn_at IS NULL;
CREATE UNIQUE INDEX nominations_quota ON nominations (programme_id, stratum, place) WHERE withdrawn_at IS NULL;

GRANT SELECT ON nominations TO awards_member, awards_committee, awards_office, awards_supervisor;
GRANT INSERT, UPDATE (withdrawn_by, withdrawn_at) ON nominations TO awards_member, awards_committee;

-- migrate:down

DROP TABLE nominations;
