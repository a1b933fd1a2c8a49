-- migrate:up

CREATE TABLE objections (
    id           uuid PRIMARY KEY,
    notice_id    uuid NOT NULL REFERENCES notices,
    award_id     uuid REFERENCES awards,
    ground       text NOT NULL CHECK (ground IN ('eligibility', 'conduct', 'procedure', 'other')),
    text         text NOT NULL CHECK (text <> ''),
    named        boolean NOT NULL,
    receipt_hash bytea NOT NULL UNIQUE CHECK (length(receipt_hash) = 32),
    filed_at     timestamptz NOT NULL
);
CREATE INDEX objections_award ON objections (award_id);
COMMENT ON COLUMN objections.award_id IS 'empty: about the list as a whole, suspends nobody';

-- Sealed: the public may write here, only the supervisor may read.
CREATE TABLE objectors (
    objection_id uuid PRIMARY KEY REFERENCES objections,
    name         text NOT NULL CHECK (name <> ''),
    unit         text NOT NULL DEFAULT '',
    contact      text NOT NULL CHECK (contact <> '')
);

CREATE TABLE objection_answers (
    objection_id uuid PRIMARY KEY REFERENCES objections,
    outcome      text NOT NULL CHECK (outcome IN ('dismissed', 'upheld')),
    answer       text NOT NULL CHECK (answer <> ''),
    answered_by  uuid NOT NULL,
    answered_at  timestamptz NOT NULL
);

-- The office examines what bears a name; what is anonymous goes to the supervisor.
CREATE VIEW named_objections AS
    SELECT o.id, o.notice_id, o.award_id, o.ground, o.text, o.filed_at, a.outcome, a.answer, a.answered_at
      FROM objections o LEFT JOIN objection_answers a ON a.objection_id = o.id
     WHERE o.named;

-- What the committee may know of an objection: whom it concerns, on what ground, and how it ended.
CREATE VIEW objection_outcomes AS
    SELECT o.id, o.notice_id, o.award_id, o.ground, a.outcome
      FROM objections o LEFT JOIN objection_answers a ON a.objection_id = o.id
     WHERE o.named;

-- An objector reads the own objection with the receipt and nothing else.
CREATE FUNCTION objection_by_receipt(wanted bytea)
    RETURNS TABLE (id uuid, named boolean, filed_at timestamptz, outcome text, answer text, answered_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT o.id, o.named, o.filed_at, a.outcome, a.answer, a.answered_at
      FROM objections o LEFT JOIN objection_answers a ON a.objection_id = o.id
     WHERE o.receipt_hash = wanted $$;
REVOKE ALL ON FUNCTION objection_by_receipt FROM PUBLIC;
GRANT EXECUTE ON FUNCTION objection_by_receipt TO awards_public;

GRANT INSERT ON objections, objectors TO awards_public;
GRANT SELECT ON objections, objectors, objection_answers, named_objections, objection_outcomes TO awards_supervisor;
GRANT SELECT ON named_objections, objection_outcomes TO awards_office;
GRANT INSERT ON objection_answers TO awards_office;
GRANT SELECT ON objection_outcomes TO awards_committee;

-- migrate:down

DROP FUNCTION objection_by_receipt;
DROP VIEW objection_outcomes;
DROP VIEW named_objections;
DROP TABLE objection_answers;
DROP TABLE objectors;
DROP TABLE objections;
