-- migrate:up

CREATE TABLE accounts (
    person_id            uuid PRIMARY KEY REFERENCES persons,
    account              text NOT NULL UNIQUE CHECK (account = btrim(account) AND account <> ''),
    handle               uuid NOT NULL UNIQUE,
    password_hash        text,
    password_set_at      timestamptz,
    first_code_hash      bytea CHECK (length(first_code_hash) = 32),
    first_code_issued_at timestamptz
);

-- The branches this actor is an officer of; row security reads it, so it looks past the rows the actor may see.
CREATE FUNCTION acting_branches() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT branches.id
            FROM accounts JOIN grants ON grants.handle = accounts.handle AND grants.role = 'branch_officer'
            JOIN branches ON branches.code = grants.scope
           WHERE accounts.person_id = acting_person() $$;

ALTER TABLE persons ENABLE ROW LEVEL SECURITY;
CREATE POLICY persons_all ON persons TO registration_organiser, registration_supervisor, registration_system,
    registration_gate USING (true) WITH CHECK (true);
CREATE POLICY persons_self ON persons FOR SELECT TO registration_member USING (id = acting_person());
CREATE POLICY persons_branch ON persons FOR SELECT TO registration_officer
    USING (branch_id IN (SELECT acting_branches()));

GRANT SELECT, INSERT, UPDATE ON accounts TO registration_gate;
GRANT SELECT (person_id, account, handle, password_set_at, first_code_issued_at), INSERT (person_id, account, handle),
    UPDATE (first_code_hash, first_code_issued_at, password_hash, password_set_at) ON accounts TO registration_organiser;
GRANT SELECT (person_id, account, handle) ON accounts TO registration_system;
GRANT SELECT (person_id, account, handle, password_set_at, first_code_issued_at) ON accounts TO registration_supervisor;
GRANT SELECT ON grants TO registration_supervisor;
-- To lock old tries before they are forgotten; nothing updates one.
GRANT UPDATE (at) ON limits TO registration_gate;

-- migrate:down

DROP POLICY persons_branch ON persons;
DROP POLICY persons_self ON persons;
DROP POLICY persons_all ON persons;
ALTER TABLE persons DISABLE ROW LEVEL SECURITY;
DROP FUNCTION acting_branches;
DROP TABLE accounts;
