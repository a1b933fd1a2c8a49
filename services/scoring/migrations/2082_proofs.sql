-- migrate:up
-- What the seals under a root stated, each with its path to that root. A contestant reads the own ones and the seals above.
CREATE TABLE statements (
    activity_id uuid NOT NULL REFERENCES activities,
    division_id uuid NOT NULL,
    position bigint NOT NULL,
    root text NOT NULL CHECK (root ~ '^[0-9a-f]{64}$'),
    stage text NOT NULL CHECK (stage IN ('preselection', 'final')),
    kind text NOT NULL CHECK (kind IN ('stated', 'marks_stated', 'score_set_sealed')),
    entry_id uuid,
    rule_hash text NOT NULL REFERENCES rules,
    body text NOT NULL,
    path text NOT NULL,
    PRIMARY KEY (division_id, position),
    FOREIGN KEY (division_id, position) REFERENCES ledger (division_id, position),
    CHECK ((kind = 'score_set_sealed') = (entry_id IS NULL))
);
CREATE INDEX statements_activity ON statements (activity_id);
CREATE INDEX statements_entry ON statements (entry_id);

ALTER TABLE statements ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON statements FOR SELECT TO scoring_member
    USING (entry_id IN (SELECT entry_id FROM own_entries)
           OR (entry_id IS NULL AND division_id IN (SELECT division_id FROM own_entries)));
CREATE POLICY staff ON statements TO scoring_supervisor, scoring_system USING (true) WITH CHECK (true);

-- What everybody may have of a competition, as the release left it. The audience `public` reads this and no statement.
CREATE TABLE public_bundles (
    activity_id uuid PRIMARY KEY REFERENCES activities,
    root text NOT NULL CHECK (root ~ '^[0-9a-f]{64}$'),
    hash text NOT NULL CHECK (hash = encode(sha256(content), 'hex')),
    content bytea NOT NULL
);

GRANT SELECT, INSERT, DELETE ON statements TO scoring_supervisor, scoring_system;
GRANT SELECT ON statements, rules TO scoring_member;
GRANT SELECT, INSERT, UPDATE, DELETE ON public_bundles TO scoring_supervisor, scoring_system;
GRANT SELECT ON public_bundles TO scoring_public;
GRANT SELECT ON prize_numbers TO scoring_system;

-- migrate:down
REVOKE SELECT ON prize_numbers FROM scoring_system;
REVOKE SELECT ON rules FROM scoring_member;
DROP TABLE public_bundles, statements;
