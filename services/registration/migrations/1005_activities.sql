-- migrate:up

CREATE TABLE activities (
    id                 uuid PRIMARY KEY,
    season_id          uuid NOT NULL REFERENCES seasons,
    key                text NOT NULL UNIQUE,
    kind               text NOT NULL CHECK (kind IN ('competition', 'tournament', 'exhibition', 'quiz', 'gathering')),
    title              text NOT NULL,
    title_en           text NOT NULL DEFAULT '',
    edition            integer CHECK (edition > 0),
    document_no        text NOT NULL DEFAULT '',
    call_at            timestamptz NOT NULL,
    signup_opens       timestamptz NOT NULL,
    signup_closes      timestamptz NOT NULL,
    review_closes      timestamptz NOT NULL,
    admission_at       timestamptz NOT NULL,
    draw_at            timestamptz NOT NULL,
    hall_at            timestamptz NOT NULL,
    admission          text NOT NULL CHECK (admission IN ('ranked', 'arrival', 'lot')),
    admission_order    text[] NOT NULL DEFAULT '{}',
    entries_per_person integer NOT NULL CHECK (entries_per_person > 0),
    entries_per_course integer CHECK (entries_per_course > 0),
    quota_base         text,
    quota              jsonb NOT NULL DEFAULT '[]',
    eligibility        jsonb NOT NULL DEFAULT '[]',
    waivers            jsonb NOT NULL DEFAULT '[]',
    preselection_part  text,
    CHECK (call_at <= signup_opens AND signup_opens < signup_closes AND signup_closes <= review_closes
           AND review_closes <= admission_at AND admission_at <= draw_at AND draw_at <= hall_at)
);

CREATE TABLE divisions (
    id          uuid PRIMARY KEY,
    activity_id uuid NOT NULL REFERENCES activities,
    key         text NOT NULL,
    position    integer NOT NULL,
    title       text NOT NULL,
    title_en    text NOT NULL DEFAULT '',
    places      integer NOT NULL CHECK (places BETWEEN 1 AND 2000),
    own_quota   jsonb,
    venue       text NOT NULL DEFAULT '',
    UNIQUE (activity_id, key),
    UNIQUE (activity_id, id)
);
COMMENT ON COLUMN divisions.own_quota IS '{"<branch code>": entries}; NULL: the activity''s quota holds';

GRANT SELECT ON activities, divisions TO registration_public, registration_member, registration_officer,
    registration_organiser, registration_supervisor, registration_system;
GRANT INSERT ON activities, divisions TO registration_organiser;

-- migrate:down

DROP TABLE divisions;
DROP TABLE activities;
