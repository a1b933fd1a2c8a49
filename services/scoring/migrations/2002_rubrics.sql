-- migrate:up
CREATE TABLE rules (
    rule_hash text PRIMARY KEY CHECK (rule_hash ~ '^[0-9a-f]{64}$'),
    canonical text NOT NULL,
    source text NOT NULL,
    stored_at timestamptz NOT NULL,
    CHECK (rule_hash = encode(sha256(convert_to(canonical, 'UTF8')), 'hex'))
);

CREATE TABLE activity_rules (
    activity_key text PRIMARY KEY,
    rule_hash text NOT NULL REFERENCES rules,
    preselection_part text,
    attached_at timestamptz NOT NULL
);

GRANT SELECT, INSERT ON rules TO scoring_desk, scoring_system;
GRANT SELECT, INSERT, UPDATE ON activity_rules TO scoring_desk, scoring_system;
GRANT SELECT ON rules, activity_rules TO scoring_judge, scoring_supervisor, scoring_writer, scoring_public;

-- migrate:down
DROP TABLE activity_rules, rules;
