-- migrate:up
-- Transport: what left (outbox), what took effect (inbox), what could not be read (dead letters).
CREATE TABLE outbox (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id   uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    subject      text NOT NULL,
    body         bytea NOT NULL,
    added_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_at timestamptz
);
CREATE INDEX outbox_waiting ON outbox (id) WHERE published_at IS NULL;

CREATE FUNCTION outbox_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('outbox', '');
    RETURN NULL;
END $$;
CREATE TRIGGER outbox_added AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_added();

CREATE TABLE inbox (
    consumer   text NOT NULL,
    message_id text NOT NULL,
    subject    text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, message_id)
);

CREATE TABLE dead_letters (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer    text NOT NULL,
    message_id  text NOT NULL,
    subject     text NOT NULL,
    body        bytea NOT NULL,
    reason      text NOT NULL,
    died_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    replayed_at timestamptz,
    UNIQUE (consumer, message_id)
);

DO $$
DECLARE
    service text := replace(current_user, '_owner', '');
    audience record;
BEGIN
    IF current_user NOT LIKE '%\_owner' THEN
        RAISE EXCEPTION 'migrations run as the owner role <service>_owner, not as %', current_user;
    END IF;
    FOR audience IN
        SELECT rolname FROM pg_roles
         WHERE rolname LIKE service || '\_%' AND rolname NOT IN (service || '_owner', service || '_app')
    LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', audience.rolname);
        IF audience.rolname <> service || '_public' THEN
            EXECUTE format('GRANT INSERT ON outbox TO %I', audience.rolname);
        END IF;
    END LOOP;
    EXECUTE format('GRANT SELECT, UPDATE (body, published_at) ON outbox TO %I', service || '_system');
    EXECUTE format('GRANT SELECT, INSERT ON inbox TO %I', service || '_system');
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (replayed_at) ON dead_letters TO %I', service || '_system');
END $$;

-- migrate:down
DROP TABLE dead_letters, inbox, outbox;
DROP FUNCTION outbox_added;
