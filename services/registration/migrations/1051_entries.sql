-- migrate:up

-- What one branch may send: over the activity (division_id NULL) or in a division that is counted alone. entries NULL:
-- no bound.
CREATE TABLE quotas (
    id          uuid PRIMARY KEY,
    activity_id uuid NOT NULL REFERENCES activities,
    branch_id   uuid NOT NULL REFERENCES branches,
    division_id uuid REFERENCES divisions,
    entries     integer CHECK (entries >= 0),
    UNIQUE NULLS NOT DISTINCT (activity_id, branch_id, division_id),
    UNIQUE (id, entries)
);

ALTER TABLE activities
    ADD CONSTRAINT activities_entries_per_person UNIQUE (id, entries_per_person),
    ADD CONSTRAINT activities_entries_per_course UNIQUE (id, entries_per_course);

-- One person in one division. The three limits are carried into the row by foreign keys and used up by numbers, so that
-- no path can exceed them: person_number within entries_per_person, course_number within entries_per_course,
-- recommendation within the branch's quota. A number is NULL while the entry uses nothing up.
CREATE TABLE entries (
    id                 uuid PRIMARY KEY,
    activity_id        uuid NOT NULL REFERENCES activities,
    division_id        uuid NOT NULL,
    person_id          uuid NOT NULL REFERENCES persons,
    branch_id          uuid REFERENCES branches,
    unit_handle        uuid,
    course             text NOT NULL,
    course_key         text NOT NULL,
    state              text NOT NULL CHECK (state IN ('submitted', 'returned', 'refused', 'approved', 'waiting', 'admitted',
                                                      'withdrawn', 'absent', 'disqualified')),
    version            integer NOT NULL DEFAULT 1 CHECK (version > 0),
    content_hash       bytea NOT NULL CHECK (length(content_hash) = 32),
    reasons            jsonb NOT NULL DEFAULT '[]',
    waived             jsonb NOT NULL DEFAULT '[]',
    signed_up_at       timestamptz NOT NULL,
    entries_per_person integer NOT NULL,
    person_number      integer,
    entries_per_course integer,
    course_number      integer,
    quota_id           uuid,
    quota_entries      integer,
    recommendation     integer,
    FOREIGN KEY (activity_id, division_id) REFERENCES divisions (activity_id, id),
    FOREIGN KEY (activity_id, entries_per_person) REFERENCES activities (id, entries_per_person),
    FOREIGN KEY (activity_id, entries_per_course) REFERENCES activities (id, entries_per_course),
    FOREIGN KEY (quota_id) REFERENCES quotas (id),
    FOREIGN KEY (quota_id, quota_entries) REFERENCES quotas (id, entries),
    CHECK (person_number BETWEEN 1 AND entries_per_person),
    CHECK (course_number BETWEEN 1 AND entries_per_course),
    CHECK (recommendation >= 1 AND (quota_entries IS NULL OR recommendation <= quota_entries)),
    CHECK (recommendation IS NULL OR quota_id IS NOT NULL),
    UNIQUE (activity_id, person_id, person_number) DEFERRABLE INITIALLY IMMEDIATE,
    UNIQUE (activity_id, course_key, course_number) DEFERRABLE INITIALLY IMMEDIATE,
    UNIQUE (quota_id, recommendation) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX entries_division ON entries (division_id, state);
CREATE INDEX entries_branch ON entries (activity_id, branch_id);
CREATE INDEX entries_person ON entries (person_id);

-- Every step of an entry, with who and why; nothing is edited away.
CREATE TABLE entry_steps (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry_id  uuid NOT NULL REFERENCES entries,
    version   integer NOT NULL,
    state     text NOT NULL,
    taken_at  timestamptz NOT NULL,
    taken_by  uuid,
    reasons   jsonb NOT NULL DEFAULT '[]',
    UNIQUE (entry_id, version)
);

-- The prize of an entry, as decided by the awards office; the newest decision of an edition counts.
CREATE TABLE prizes (
    entry_id       uuid NOT NULL,
    edition_id     uuid NOT NULL,
    version        integer NOT NULL,
    title          text NOT NULL,
    tier           text NOT NULL,
    certificate_no text NOT NULL,
    document_no    text NOT NULL,
    decided_on     date NOT NULL,
    PRIMARY KEY (entry_id, edition_id)
);

-- A participant sees the own entries, an officer those of the own branches, organiser and supervisor all. What gives or
-- frees a place also moves other people's entries; those routes run as registration_system.
ALTER TABLE entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY entries_all ON entries TO registration_organiser, registration_supervisor, registration_system
    USING (true) WITH CHECK (true);
CREATE POLICY entries_own ON entries FOR SELECT TO registration_member USING (person_id = acting_person());
CREATE POLICY entries_branch ON entries TO registration_officer
    USING (branch_id IN (SELECT acting_branches())) WITH CHECK (branch_id IN (SELECT acting_branches()));
ALTER TABLE entry_steps ENABLE ROW LEVEL SECURITY;
CREATE POLICY entry_steps_all ON entry_steps TO registration_organiser, registration_supervisor, registration_system
    USING (true) WITH CHECK (true);
CREATE POLICY entry_steps_own ON entry_steps FOR SELECT TO registration_member
    USING (entry_id IN (SELECT id FROM entries));
CREATE POLICY entry_steps_branch ON entry_steps TO registration_officer
    USING (entry_id IN (SELECT id FROM entries)) WITH CHECK (entry_id IN (SELECT id FROM entries));
ALTER TABLE prizes ENABLE ROW LEVEL SECURITY;
CREATE POLICY prizes_all ON prizes TO registration_organiser, registration_supervisor, registration_system
    USING (true) WITH CHECK (true);
CREATE POLICY prizes_own ON prizes FOR SELECT TO registration_member USING (entry_id IN (SELECT id FROM entries));

GRANT SELECT ON entries, entry_steps TO registration_member, registration_officer, registration_organiser,
    registration_supervisor, registration_system;
GRANT SELECT ON prizes TO registration_member, registration_organiser, registration_supervisor, registration_system;
GRANT SELECT ON quotas TO registration_member, registration_officer, registration_organiser, registration_supervisor,
    registration_system;
GRANT INSERT ON entries TO registration_system;
GRANT UPDATE ON entries TO registration_system, registration_organiser, registration_officer;
GRANT INSERT ON entry_steps TO registration_system, registration_organiser, registration_officer;
GRANT INSERT ON quotas TO registration_system, registration_organiser, registration_officer, registration_member;
GRANT INSERT, UPDATE ON prizes TO registration_system;

-- Anybody may know how a division fills up; nobody reads an entry for it.
CREATE VIEW division_counts AS
    SELECT divisions.id AS division_id, divisions.activity_id, divisions.key, divisions.title, divisions.title_en,
           divisions.position, divisions.places,
           (SELECT count(*) FROM admission_places
             WHERE admission_places.division_id = divisions.id AND freed_at IS NULL) AS admitted,
           (SELECT count(*) FROM entries WHERE entries.division_id = divisions.id AND state = 'waiting') AS waiting,
           (SELECT count(*) FROM entries WHERE entries.division_id = divisions.id
               AND state IN ('submitted', 'approved')) AS pending
      FROM divisions;
GRANT SELECT ON division_counts TO registration_public, registration_member, registration_officer,
    registration_organiser, registration_supervisor, registration_system;

-- Who waits, by id only, so that a member can be told how many stand before.
CREATE VIEW division_waiting AS SELECT id AS entry_id, division_id FROM entries WHERE state = 'waiting';
GRANT SELECT ON division_waiting TO registration_member, registration_officer, registration_organiser,
    registration_supervisor, registration_system;

-- How much of its quota each branch has used; a member may know it without reading anybody's entry.
CREATE VIEW quota_counts AS
    SELECT quota_id, count(*) AS used FROM entries WHERE recommendation IS NOT NULL GROUP BY quota_id;
GRANT SELECT ON quota_counts TO registration_member, registration_officer, registration_organiser,
    registration_supervisor, registration_system;

-- migrate:down

DROP VIEW quota_counts, division_waiting, division_counts;
DROP TABLE prizes, entry_steps, entries, quotas;
ALTER TABLE activities DROP CONSTRAINT activities_entries_per_course, DROP CONSTRAINT activities_entries_per_person;
