-- migrate:up
-- desk: written by a correction, which paper does not hold back.
ALTER TABLE revisions DROP CONSTRAINT revisions_source_check,
    ADD CONSTRAINT revisions_source_check CHECK (source IN ('tablet', 'form', 'paper', 'export', 'desk'));

-- Sheets that are on paper: a projection of the ledger. Without a judge and a part it is the whole entry.
CREATE TABLE paper_sheets (
    division_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    judge_id uuid,
    part text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    ledger_position bigint NOT NULL,
    CHECK ((judge_id IS NULL) = (part = '')),
    UNIQUE NULLS NOT DISTINCT (entry_id, judge_id, part),
    FOREIGN KEY (division_id, ledger_position) REFERENCES ledger (division_id, position)
);
CREATE INDEX paper_sheets_division ON paper_sheets (division_id);

-- The scan of a filled sheet: a projection of the ledger; the content lies under its SHA-256.
CREATE TABLE paper_scans (
    division_id uuid NOT NULL,
    judge_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    part text NOT NULL,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    media_type text NOT NULL CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    bytes int NOT NULL CHECK (bytes > 0),
    ledger_position bigint NOT NULL,
    PRIMARY KEY (judge_id, entry_id, part, sha256),
    FOREIGN KEY (division_id, ledger_position) REFERENCES ledger (division_id, position)
);
CREATE INDEX paper_scans_division ON paper_scans (division_id);

-- What somebody typed from a sheet of paper: never edited. A later one of the same person stands for the earlier.
-- paper_position: the ledger position at which the sheet went to paper; a typing from before that is of no use.
CREATE TABLE paper_typings (
    id uuid PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    division_id uuid NOT NULL,
    judge_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    part text NOT NULL,
    paper_position bigint NOT NULL,
    typist_id uuid NOT NULL CHECK (typist_id <> judge_id),
    marks text NOT NULL,
    comment text NOT NULL,
    typed_at timestamptz NOT NULL
);
CREATE INDEX paper_typings_sheet ON paper_typings (judge_id, entry_id, part, number);
CREATE INDEX paper_typings_division ON paper_typings (division_id);

-- Whether a typing is settled: it, or a later one of the same sheet, became the revision that bears its id.
CREATE FUNCTION paper_is_settled(judge uuid, entry uuid, of_part text, upto bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM paper_typings t JOIN revisions r ON r.id = t.id AND r.source = 'paper'
                    WHERE (t.judge_id, t.entry_id, t.part) = (judge, entry, of_part) AND t.number >= upto)
$$;

-- The last typing of each person that is neither settled nor from an earlier time on paper: for the two functions below.
CREATE VIEW open_typings AS
    SELECT DISTINCT ON (t.judge_id, t.entry_id, t.part, t.typist_id) t.*
      FROM paper_typings t
      JOIN paper_sheets p ON p.entry_id = t.entry_id AND p.ledger_position = t.paper_position
     WHERE NOT paper_is_settled(t.judge_id, t.entry_id, t.part, t.number)
     ORDER BY t.judge_id, t.entry_id, t.part, t.typist_id, t.number DESC;

-- How far each sheet of a division is typed: by how many, which items differ between them, and whether the asker is one.
CREATE FUNCTION paper_progress(division uuid) RETURNS TABLE
    (judge_id uuid, entry_id uuid, part text, typists int, differing text[], is_mine boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.judge_id, o.entry_id, o.part, count(*)::int,
           ARRAY(SELECT key FROM open_typings i, jsonb_each_text(i.marks::jsonb)
                  WHERE (i.judge_id, i.entry_id, i.part) = (o.judge_id, o.entry_id, o.part)
                  GROUP BY key HAVING count(DISTINCT value) > 1 OR count(*) < count(o.*) ORDER BY key),
           bool_or(o.typist_id = acting_judge())
      FROM open_typings o WHERE o.division_id = division GROUP BY o.judge_id, o.entry_id, o.part
$$;

-- Two people who typed the same: the earlier typing and its typist. Numbers leave this function only when they agree.
CREATE FUNCTION paper_agreement(judge uuid, entry uuid, of_part text, own uuid) RETURNS TABLE
    (id uuid, typist_id uuid, comment text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.id, o.typist_id, o.comment FROM open_typings o JOIN open_typings mine ON mine.id = own
     WHERE (o.judge_id, o.entry_id, o.part) = (judge, entry, of_part)
       AND (mine.judge_id, mine.entry_id, mine.part) = (judge, entry, of_part)
       AND o.typist_id <> mine.typist_id AND o.marks = mine.marks ORDER BY o.number LIMIT 1
$$;

ALTER TABLE paper_typings ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON paper_typings TO scoring_desk USING (typist_id = acting_judge()) WITH CHECK (typist_id = acting_judge());
CREATE POLICY settled ON paper_typings FOR SELECT TO scoring_desk, scoring_supervisor
    USING (paper_is_settled(judge_id, entry_id, part, number));

ALTER TABLE paper_sheets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON paper_sheets FOR SELECT TO scoring_judge USING (judge_id = acting_judge() OR (judge_id IS NULL AND
    entry_id IN (SELECT a.entry_id FROM assignments a WHERE a.judge_id = acting_judge() AND a.state <> 'recused')));
CREATE POLICY staff ON paper_sheets TO scoring_writer, scoring_desk, scoring_supervisor, scoring_system
    USING (true) WITH CHECK (true);

GRANT SELECT ON paper_sheets TO scoring_judge, scoring_writer, scoring_supervisor;
GRANT SELECT, INSERT, DELETE ON paper_sheets TO scoring_desk, scoring_system;
GRANT SELECT, INSERT ON paper_scans TO scoring_desk;
GRANT SELECT ON paper_scans TO scoring_supervisor;
GRANT SELECT, INSERT, DELETE ON paper_scans TO scoring_system;
GRANT SELECT, INSERT ON paper_typings TO scoring_desk;
GRANT SELECT ON paper_typings TO scoring_supervisor;
REVOKE EXECUTE ON FUNCTION paper_progress(uuid), paper_agreement(uuid, uuid, text, uuid), paper_is_settled(uuid, uuid, text, bigint)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION paper_progress(uuid), paper_is_settled(uuid, uuid, text, bigint) TO scoring_desk, scoring_supervisor;
GRANT EXECUTE ON FUNCTION paper_agreement(uuid, uuid, text, uuid) TO scoring_desk;

-- migrate:down
DROP FUNCTION paper_agreement(uuid, uuid, text, uuid), paper_progress(uuid);
DROP VIEW open_typings;
DROP TABLE paper_typings, paper_scans, paper_sheets;
DROP FUNCTION paper_is_settled(uuid, uuid, text, bigint);
ALTER TABLE revisions DROP CONSTRAINT revisions_source_check,
    ADD CONSTRAINT revisions_source_check CHECK (source IN ('tablet', 'form', 'paper', 'export'));
