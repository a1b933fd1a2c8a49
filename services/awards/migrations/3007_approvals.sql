-- migrate:up

CREATE TABLE approvals (
    id          uuid PRIMARY KEY,
    edition_id  uuid NOT NULL REFERENCES editions,
    body        text NOT NULL CHECK (body <> ''),
    approved_on date NOT NULL,
    document_no text NOT NULL CHECK (document_no <> ''),
    scan_sha256 text NOT NULL,
    scan_name   text NOT NULL,
    scan_size   integer NOT NULL CHECK (scan_size > 0),
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL
);

CREATE TABLE approved_awards (
    award_id    uuid PRIMARY KEY REFERENCES awards,
    approval_id uuid NOT NULL REFERENCES approvals
);

GRANT SELECT ON approvals, approved_awards TO awards_committee, awards_office, awards_supervisor, awards_system;
GRANT INSERT ON approvals, approved_awards TO awards_office;

-- migrate:down

DROP TABLE approved_awards;
DROP TABLE approvals;
