-- migrate:up

-- One award list under way: of a competition (all its divisions) or of a programme.
CREATE TABLE editions (
    id           uuid PRIMARY KEY,
    season_id    uuid NOT NULL REFERENCES seasons,
    kind         text NOT NULL CHECK (kind IN ('competition', 'programme')),
    key          text NOT NULL UNIQUE,
    title        text NOT NULL,
    title_en     text NOT NULL DEFAULT '',
    organisation text NOT NULL,
    language     text NOT NULL CHECK (language IN ('zh-CN', 'en')),
    position     integer NOT NULL,
    divisions    jsonb NOT NULL,
    plan         jsonb NOT NULL,
    state        text NOT NULL DEFAULT 'open'
                 CHECK (state IN ('open', 'proposed', 'on_notice', 'approved', 'decided', 'issued')),
    proposal_id  uuid
);
COMMENT ON COLUMN editions.divisions IS 'frozen with the season: key, titles, tiers with counts, policy for a tie at a tier edge';
COMMENT ON COLUMN editions.plan IS 'what the season foresees for notice, approval and commendation';
COMMENT ON COLUMN editions.proposal_id IS 'the version of the award list that counts';

-- "One more first prize": a minute of the leading group, recorded before the names are opened.
CREATE TABLE tier_minutes (
    id           uuid PRIMARY KEY,
    edition_id   uuid NOT NULL REFERENCES editions,
    division_key text NOT NULL,
    tier         text NOT NULL,
    more         integer NOT NULL CHECK (more BETWEEN 1 AND 20),
    minute       text NOT NULL CHECK (minute <> ''),
    recorded_by  uuid NOT NULL,
    recorded_at  timestamptz NOT NULL,
    UNIQUE (edition_id, division_key, tier, minute)
);

CREATE TABLE proposals (
    id          uuid PRIMARY KEY,
    edition_id  uuid NOT NULL REFERENCES editions,
    version     integer NOT NULL CHECK (version > 0),
    cites       uuid[] NOT NULL,
    list_hash   text NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    UNIQUE (edition_id, version)
);
COMMENT ON COLUMN proposals.cites IS 'the sealed score sets, or the closed ballot, that this list rests on';
ALTER TABLE editions ADD FOREIGN KEY (proposal_id) REFERENCES proposals;

-- Never changed: what happens to an award later (objection, approval, decision, certificate) is a row elsewhere.
CREATE TABLE awards (
    id             uuid PRIMARY KEY,
    edition_id     uuid NOT NULL REFERENCES editions,
    proposal_id    uuid NOT NULL REFERENCES proposals,
    subject_kind   text NOT NULL CHECK (subject_kind IN ('entry', 'branch', 'person')),
    subject_id     uuid NOT NULL,
    person_id      uuid,
    name           text NOT NULL,
    name_key       text NOT NULL,
    unit           text NOT NULL DEFAULT '',
    division_key   text NOT NULL,
    division       text NOT NULL,
    division_en    text NOT NULL DEFAULT '',
    work           text NOT NULL DEFAULT '',
    code           text NOT NULL DEFAULT '',
    rank           integer CHECK (rank > 0),
    result         text NOT NULL DEFAULT '',
    tier           text NOT NULL,
    tier_en        text NOT NULL DEFAULT '',
    tier_position  integer NOT NULL,
    position       integer NOT NULL,
    UNIQUE (proposal_id, subject_id, tier)
);
CREATE INDEX awards_edition ON awards (edition_id);
CREATE INDEX awards_person ON awards (person_id);
COMMENT ON COLUMN awards.subject_id IS 'an entry, a branch or a person';
COMMENT ON COLUMN awards.result IS 'as the score set shows it, or the count of votes; never for the public';

GRANT SELECT ON editions, tier_minutes, proposals, awards TO awards_committee, awards_office, awards_supervisor, awards_system;
GRANT INSERT ON editions TO awards_office;
GRANT UPDATE (state, proposal_id) ON editions TO awards_committee, awards_office, awards_system;
GRANT INSERT ON tier_minutes, proposals, awards TO awards_committee, awards_office;

-- migrate:down

DROP TABLE awards;
ALTER TABLE editions DROP CONSTRAINT editions_proposal_id_fkey;
DROP TABLE proposals;
DROP TABLE tier_minutes;
DROP TABLE editions;
