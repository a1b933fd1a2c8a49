-- migrate:up
-- What a judge has typed and not sent, so that a replacing tablet goes on where the lost one stopped. No record of anything:
-- the judge alone reads it, not the desk, and a newer sheet makes it void.
CREATE TABLE drafts (
    judge_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    part text NOT NULL,
    device_id uuid NOT NULL,
    base uuid,
    marks text NOT NULL,
    comment text NOT NULL,
    reason text NOT NULL,
    written_at bigint NOT NULL CHECK (written_at >= 0),
    kept_at timestamptz NOT NULL,
    PRIMARY KEY (judge_id, entry_id, part)
);

ALTER TABLE drafts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON drafts TO scoring_judge USING (judge_id = acting_judge()) WITH CHECK (judge_id = acting_judge());
GRANT SELECT, INSERT, UPDATE ON drafts TO scoring_judge;

-- migrate:down
DROP TABLE drafts;
