-- migrate:up

CREATE TABLE persons (
    id             uuid PRIMARY KEY,
    staff_no       text UNIQUE,
    name           text NOT NULL,
    name_key       text NOT NULL,
    sex            text NOT NULL DEFAULT '',
    born           date,
    unit_id        uuid REFERENCES units,
    branch_id      uuid REFERENCES branches,
    title          text NOT NULL DEFAULT '',
    employment     text NOT NULL DEFAULT '',
    is_member      boolean NOT NULL DEFAULT false,
    employed_on    date,
    teaching_since date,
    version        integer NOT NULL DEFAULT 1
);
CREATE INDEX persons_branch ON persons (branch_id, name_key);

-- Who acts in this transaction, as the edge said; NULL when nobody is signed in.
CREATE FUNCTION acting_person() RETURNS uuid LANGUAGE sql STABLE
    AS $$ SELECT nullif(current_setting('laurel.actor', true), '')::uuid $$;

GRANT SELECT ON persons TO registration_member, registration_officer, registration_organiser, registration_supervisor,
    registration_system;
GRANT SELECT (id, name), INSERT ON persons TO registration_gate;
GRANT INSERT, UPDATE ON persons TO registration_organiser;

-- migrate:down

DROP FUNCTION acting_person;
DROP TABLE persons;
