-- migrate:up

-- A snapshot at issue: neither a changed template nor a forgotten person alters it.
CREATE TABLE certificates (
    id         uuid PRIMARY KEY,
    award_id   uuid NOT NULL UNIQUE REFERENCES awards,
    number     text NOT NULL UNIQUE,
    token      text NOT NULL UNIQUE CHECK (length(token) >= 26),
    content    text NOT NULL,
    signature  text NOT NULL,
    key_id     text NOT NULL,
    pdf_sha256 text NOT NULL,
    issued_by  uuid NOT NULL,
    issued_at  timestamptz NOT NULL
);
COMMENT ON COLUMN certificates.content IS 'canonical JSON, the bytes that are signed';
COMMENT ON COLUMN certificates.signature IS 'JWS compact serialisation, Ed25519, of content';

-- A revoked certificate stays checkable and says that it was revoked.
CREATE TABLE revocations (
    certificate_id uuid PRIMARY KEY REFERENCES certificates,
    revoked_on     date NOT NULL,
    document_no    text NOT NULL CHECK (document_no <> ''),
    reason         text NOT NULL CHECK (reason <> ''),
    recorded_by    uuid NOT NULL,
    recorded_at    timestamptz NOT NULL
);

GRANT SELECT, INSERT ON certificates TO awards_office;
GRANT SELECT, INSERT ON revocations TO awards_office;
GRANT SELECT ON certificates, revocations TO awards_supervisor;

-- migrate:down

DROP TABLE revocations;
DROP TABLE certificates;
