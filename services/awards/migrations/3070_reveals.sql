-- migrate:up

-- The order of the stage, compiled when a list is signed. Never changed: a correction is a new script that supersedes it.
CREATE TABLE reveal_scripts (
    id           uuid PRIMARY KEY,
    edition_id   uuid NOT NULL REFERENCES editions,
    is_rehearsal boolean NOT NULL,
    version      integer NOT NULL CHECK (version > 0),
    supersedes   uuid REFERENCES reveal_scripts,
    proposal_id  uuid REFERENCES proposals,
    body         text NOT NULL,
    hash         text NOT NULL CHECK (hash = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
    compiled_by  uuid NOT NULL,
    compiled_at  timestamptz NOT NULL,
    UNIQUE (id, is_rehearsal),
    UNIQUE (edition_id, is_rehearsal, version),
    CHECK (is_rehearsal = (proposal_id IS NULL)),
    CHECK (is_rehearsal = (body::jsonb ->> 'is_rehearsal')::boolean),
    CHECK ((supersedes IS NULL) = (version = 1))
);
COMMENT ON COLUMN reveal_scripts.body IS 'canonical JSON, the bytes that are hashed';

-- A ceremony or a rehearsal. The pair (script, is_rehearsal) keeps invented names out of the ceremony and the other way round.
CREATE TABLE reveals (
    id           uuid PRIMARY KEY,
    edition_id   uuid NOT NULL REFERENCES editions,
    script_id    uuid NOT NULL,
    is_rehearsal boolean NOT NULL,
    state        text NOT NULL CHECK (state IN ('ready', 'running', 'closed')),
    version      integer NOT NULL CHECK (version > 0),
    step         integer NOT NULL CHECK (step >= 0 AND step < steps),
    is_blank     boolean NOT NULL,
    steps        integer NOT NULL CHECK (steps > 1),
    prepared_by  uuid NOT NULL,
    prepared_at  timestamptz NOT NULL,
    opened_by    uuid,
    opened_at    timestamptz,
    closed_by    uuid,
    closed_at    timestamptz,
    FOREIGN KEY (script_id, is_rehearsal) REFERENCES reveal_scripts (id, is_rehearsal),
    CHECK ((state = 'ready') = (opened_at IS NULL)),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE UNIQUE INDEX one_ceremony_runs ON reveals (edition_id) WHERE state = 'running' AND NOT is_rehearsal;

-- What the screens hold beforehand: each step under a key of its own, which is given out when the step is shown.
CREATE TABLE reveal_steps (
    reveal_id   uuid NOT NULL REFERENCES reveals,
    step        integer NOT NULL CHECK (step >= 0),
    nonce       bytea NOT NULL CHECK (length(nonce) = 12),
    sealed      bytea NOT NULL,
    key         bytea NOT NULL CHECK (length(key) = 32),
    frame       text NOT NULL,
    released_at timestamptz,
    PRIMARY KEY (reveal_id, step)
);

-- What the presenter pressed; the id is the command's own, so that pressing twice is pressing once.
CREATE TABLE reveal_commands (
    id        uuid PRIMARY KEY,
    reveal_id uuid NOT NULL REFERENCES reveals,
    version   integer NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('next', 'back', 'show', 'blank')),
    step      integer NOT NULL,
    is_blank  boolean NOT NULL,
    given_by  uuid NOT NULL,
    given_at  timestamptz NOT NULL
);
CREATE INDEX reveal_commands_of ON reveal_commands (reveal_id, version);

GRANT SELECT ON reveal_scripts, reveals TO awards_committee, awards_office, awards_supervisor;
GRANT SELECT ON reveal_steps, reveal_commands TO awards_office, awards_supervisor;
GRANT INSERT ON reveal_scripts TO awards_committee, awards_office;
GRANT INSERT ON reveals, reveal_steps, reveal_commands TO awards_office;
GRANT UPDATE (state, version, step, is_blank, opened_by, opened_at, closed_by, closed_at) ON reveals TO awards_office;
GRANT UPDATE (released_at) ON reveal_steps TO awards_office;

-- The hall: where a ceremony stands, and of each step the sealed packet; key and picture only once it was shown.
CREATE VIEW public_reveals AS
    SELECT r.id, e.key AS edition_key, e.title, e.title_en, e.organisation, r.is_rehearsal, r.state, r.version, r.step, r.is_blank,
           r.steps, r.opened_at, r.closed_at
      FROM reveals r JOIN editions e ON e.id = r.edition_id;
CREATE VIEW public_reveal_steps AS
    SELECT reveal_id, step, nonce, sealed, CASE WHEN released_at IS NOT NULL THEN key END AS key,
           CASE WHEN released_at IS NOT NULL THEN frame END AS frame
      FROM reveal_steps;

-- After the ceremony, if its last step was shown: the bytes that were hashed at the signing.
CREATE VIEW public_reveal_scripts AS
    SELECT r.id AS reveal_id, s.body, s.hash
      FROM reveals r
      JOIN reveal_scripts s ON s.id = r.script_id
      JOIN reveal_steps l ON l.reveal_id = r.id AND l.step = r.steps - 1
     WHERE r.state = 'closed' AND l.released_at IS NOT NULL;
GRANT SELECT ON public_reveals, public_reveal_steps, public_reveal_scripts
    TO awards_public, awards_office, awards_supervisor;

-- migrate:down

DROP VIEW public_reveal_scripts, public_reveal_steps, public_reveals;
DROP TABLE reveal_commands, reveal_steps, reveals, reveal_scripts;
