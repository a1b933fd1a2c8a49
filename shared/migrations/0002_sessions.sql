-- migrate:up
-- Who is signed in here (sessions), what the account may do here (grants), tickets already swapped, login limits.
CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    person_id  uuid NOT NULL,
    handle     uuid NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX sessions_person ON sessions (person_id);

CREATE TABLE used_tickets (
    id      uuid PRIMARY KEY,
    used_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE grants (
    handle     uuid NOT NULL,
    role       text NOT NULL CHECK (role IN ('participant', 'branch_officer', 'organiser', 'judge', 'panel_leader',
               'scorekeeper', 'timekeeper', 'usher', 'supervisor', 'committee', 'teller', 'administrator')),
    scope      text NOT NULL DEFAULT '',
    granted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (handle, role, scope)
);

CREATE TABLE limits (
    key text NOT NULL,
    at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX limits_key ON limits (key, at);

DO $$
DECLARE
    service text := replace(current_user, '_owner', '');
    audience record;
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (revoked_at) ON sessions TO %I', service || '_gate');
    EXECUTE format('GRANT SELECT, INSERT ON used_tickets TO %I', service || '_gate');
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON grants TO %I', service || '_gate');
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON limits TO %I', service || '_gate');
    FOR audience IN
        SELECT rolname FROM pg_roles
         WHERE rolname IN (service || '_organiser', service || '_desk', service || '_office', service || '_system')
    LOOP
        EXECUTE format('GRANT SELECT, INSERT ON grants TO %I', audience.rolname);
    END LOOP;
END $$;

-- migrate:down
DROP TABLE limits, grants, used_tickets, sessions;
