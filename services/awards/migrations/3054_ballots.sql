-- migrate:up

-- One round of voting. What was decided is written once, when it is closed.
CREATE TABLE ballots (
    id           uuid PRIMARY KEY,
    programme_id uuid NOT NULL REFERENCES programmes,
    round        integer NOT NULL CHECK (round > 0),
    contests     jsonb NOT NULL,
    due          integer NOT NULL CHECK (due > 0),
    present      integer NOT NULL CHECK (present BETWEEN 0 AND due),
    issued       integer NOT NULL CHECK (issued BETWEEN 1 AND present),
    opened_by    uuid NOT NULL,
    opened_at    timestamptz NOT NULL,
    closes_at    timestamptz NOT NULL CHECK (closes_at > opened_at),
    closed_by    uuid,
    closed_at    timestamptz,
    valid        integer CHECK (valid BETWEEN 0 AND issued),
    outcomes     jsonb,
    UNIQUE (programme_id, round),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK (closed_at IS NULL OR closed_at >= opened_at)
);
CREATE UNIQUE INDEX ballots_one_open ON ballots (programme_id) WHERE closed_at IS NULL;

-- The electoral roll of a round: who is present, who steps back, and that a paper was cast. Never what it said.
CREATE TABLE ballot_roll (
    ballot_id  uuid NOT NULL REFERENCES ballots,
    seat       integer NOT NULL,
    handle     uuid NOT NULL,
    name       text NOT NULL,
    is_present boolean NOT NULL,
    is_recused boolean NOT NULL,
    has_voted  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (ballot_id, handle),
    UNIQUE (ballot_id, seat),
    CHECK (is_present OR NOT is_recused),
    CHECK (NOT has_voted OR (is_present AND NOT is_recused))
);

-- Papers drop into the urn, one row per candidate. Nobody may read, change or take out what is in it.
CREATE TABLE urn (
    id        uuid PRIMARY KEY,
    ballot_id uuid NOT NULL REFERENCES ballots,
    candidate uuid NOT NULL REFERENCES nominations,
    choice    text NOT NULL CHECK (choice IN ('yes', 'no', 'abstain'))
);
COMMENT ON TABLE urn IS 'ids are UUIDv4; there is no time, no order and no voter';

-- What was in the urn when the round was closed.
CREATE TABLE votes (
    id        uuid PRIMARY KEY,
    ballot_id uuid NOT NULL REFERENCES ballots,
    candidate uuid NOT NULL REFERENCES nominations,
    choice    text NOT NULL CHECK (choice IN ('yes', 'no', 'abstain'))
);
CREATE INDEX votes_ballot ON votes (ballot_id);

-- At the end of every transaction each candidate of a round has as many votes as papers were cast.
CREATE FUNCTION urn_matches_roll() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    -- One statement: two would see two moments, and another paper may drop in between.
    IF EXISTS (
        SELECT FROM ballots b
          CROSS JOIN LATERAL jsonb_array_elements(b.contests) contest
          CROSS JOIN LATERAL jsonb_array_elements_text(contest->'candidates') AS contested (id)
         WHERE b.id = NEW.ballot_id AND b.closed_at IS NULL
           AND (SELECT count(*) FROM urn u WHERE u.ballot_id = b.id AND u.candidate = contested.id::uuid)
               <> (SELECT count(*) FROM ballot_roll r WHERE r.ballot_id = b.id AND r.has_voted))
       OR EXISTS (
        SELECT FROM urn u JOIN ballots b ON b.id = u.ballot_id
         WHERE u.ballot_id = NEW.ballot_id
           AND NOT b.contests @> jsonb_build_array(jsonb_build_object('candidates', jsonb_build_array(u.candidate))))
    THEN
        RAISE EXCEPTION 'the urn does not match the roll' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER urn_matches_roll AFTER INSERT ON urn DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION urn_matches_roll();
CREATE CONSTRAINT TRIGGER urn_matches_roll AFTER UPDATE ON ballot_roll DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION urn_matches_roll();

-- Empty the urn of a closed round. Votes and roll are written anew, in the order of their ids and seats and by one
-- transaction, so that neither the place on disk nor the row's version tells who cast which vote, or when.
CREATE FUNCTION open_urn(wanted uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    seats ballot_roll[];
BEGIN
    PERFORM 1 FROM ballots WHERE id = wanted AND closed_at IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the round is still open' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO votes (id, ballot_id, candidate, choice)
        SELECT id, ballot_id, candidate, choice FROM urn WHERE ballot_id = wanted ORDER BY id;
    DELETE FROM urn WHERE ballot_id = wanted;
    SELECT array_agg(r ORDER BY seat) INTO seats FROM ballot_roll r WHERE ballot_id = wanted;
    DELETE FROM ballot_roll WHERE ballot_id = wanted;
    INSERT INTO ballot_roll SELECT * FROM unnest(seats) ORDER BY seat;
END $$;
REVOKE ALL ON FUNCTION open_urn FROM PUBLIC;
REVOKE ALL ON FUNCTION urn_matches_roll FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_urn TO awards_committee;

-- A paper is final: a voter's own row can only go from "not voted" to "voted", and only while the round is open.
ALTER TABLE ballot_roll ENABLE ROW LEVEL SECURITY;
CREATE POLICY ballot_roll_read ON ballot_roll FOR SELECT TO awards_committee, awards_office, awards_supervisor USING (true);
CREATE POLICY ballot_roll_made ON ballot_roll FOR INSERT TO awards_committee WITH CHECK (NOT has_voted);
CREATE POLICY ballot_roll_cast ON ballot_roll FOR UPDATE TO awards_committee
    USING (NOT has_voted AND handle = nullif(current_setting('laurel.handle', true), '')::uuid
           AND EXISTS (SELECT FROM ballots b WHERE b.id = ballot_id AND b.closed_at IS NULL))
    WITH CHECK (has_voted);

-- Papers drop in while the round is open, and nobody has a right to read them.
ALTER TABLE urn ENABLE ROW LEVEL SECURITY;
CREATE POLICY urn_cast ON urn FOR INSERT TO awards_committee
    WITH CHECK (EXISTS (SELECT FROM ballots b WHERE b.id = ballot_id AND b.closed_at IS NULL));

-- Votes exist only after the close, and only then does anybody read them.
ALTER TABLE votes ENABLE ROW LEVEL SECURITY;
CREATE POLICY votes_counted ON votes FOR SELECT TO awards_committee, awards_supervisor
    USING (EXISTS (SELECT FROM ballots b WHERE b.id = ballot_id AND b.closed_at IS NOT NULL));

-- A closed round is never opened again.
ALTER TABLE ballots ENABLE ROW LEVEL SECURITY;
CREATE POLICY ballots_read ON ballots FOR SELECT TO awards_committee, awards_office, awards_supervisor USING (true);
CREATE POLICY ballots_made ON ballots FOR INSERT TO awards_committee WITH CHECK (closed_at IS NULL AND outcomes IS NULL);
CREATE POLICY ballots_closed ON ballots FOR UPDATE TO awards_committee
    USING (outcomes IS NULL) WITH CHECK (closed_at IS NOT NULL);

GRANT SELECT ON ballots, ballot_roll TO awards_committee, awards_office, awards_supervisor;
GRANT SELECT ON votes TO awards_committee, awards_supervisor;
GRANT INSERT ON ballots, ballot_roll, urn TO awards_committee;
GRANT UPDATE (closed_by, closed_at, valid, outcomes) ON ballots TO awards_committee;
GRANT UPDATE (has_voted) ON ballot_roll TO awards_committee;

-- migrate:down

DROP TABLE votes;
DROP TABLE urn;
DROP TABLE ballot_roll;
DROP TABLE ballots;
DROP FUNCTION open_urn;
DROP FUNCTION urn_matches_roll;
