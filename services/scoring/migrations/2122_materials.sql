-- migrate:up
-- What contestants handed in for the judges to read, under a name that tells nothing but the code. A replaced or removed one
-- stays as a row; the content lies under its SHA-256.
CREATE TABLE materials (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    name text NOT NULL,
    file_name text NOT NULL,
    media_type text NOT NULL CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    bytes int NOT NULL CHECK (bytes > 0),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    added_by uuid NOT NULL,
    added_at timestamptz NOT NULL,
    ended_by uuid,
    ended_at timestamptz,
    CHECK ((ended_by IS NULL) = (ended_at IS NULL))
);
CREATE UNIQUE INDEX materials_name ON materials (entry_id, name) WHERE ended_at IS NULL;
CREATE INDEX materials_division ON materials (division_id);

-- What was uploaded and waits to be looked at: it does nothing until it is confirmed.
CREATE TABLE material_uploads (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    found text NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    confirmed_at timestamptz
);

ALTER TABLE materials ENABLE ROW LEVEL SECURITY;
CREATE POLICY assigned ON materials FOR SELECT TO scoring_judge USING (ended_at IS NULL AND
    entry_id IN (SELECT a.entry_id FROM assignments a WHERE a.judge_id = acting_judge() AND a.state <> 'recused'));
CREATE POLICY staff ON materials TO scoring_desk, scoring_supervisor USING (true) WITH CHECK (true);

GRANT SELECT (id, division_id, entry_id, name, media_type, bytes, sha256, added_at, ended_at) ON materials TO scoring_judge;
GRANT SELECT, INSERT ON materials, material_uploads TO scoring_desk;
GRANT UPDATE (ended_by, ended_at) ON materials TO scoring_desk;
GRANT UPDATE (confirmed_at) ON material_uploads TO scoring_desk;
GRANT SELECT ON materials TO scoring_supervisor;

-- migrate:down
DROP TABLE material_uploads, materials;
