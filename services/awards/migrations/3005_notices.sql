-- migrate:up

-- Working days of a year the calendar library does not know yet; the source is the State Council's notice.
CREATE TABLE calendar_years (
    year      integer PRIMARY KEY CHECK (year BETWEEN 2004 AND 2100),
    source    text NOT NULL CHECK (source <> ''),
    holidays  date[] NOT NULL,
    workdays  date[] NOT NULL,
    loaded_by uuid NOT NULL,
    loaded_at timestamptz NOT NULL
);

CREATE TABLE notices (
    id              uuid PRIMARY KEY,
    edition_id      uuid NOT NULL REFERENCES editions,
    proposal_id     uuid NOT NULL UNIQUE REFERENCES proposals,
    starts_on       date NOT NULL,
    days            integer NOT NULL CHECK (days BETWEEN 1 AND 90),
    unit            text NOT NULL CHECK (unit IN ('workday', 'day')),
    count_first_day boolean NOT NULL,
    contact         text NOT NULL CHECK (contact <> ''),
    ends_on         date CHECK (ends_on >= starts_on),
    posted_list     bytea NOT NULL,
    list_hash       text NOT NULL,
    posted_by       uuid NOT NULL,
    posted_at       timestamptz NOT NULL
);
COMMENT ON COLUMN notices.ends_on IS 'last day; empty while the calendar of a year it needs is unknown: the clock stands';
COMMENT ON COLUMN notices.posted_list IS 'proof of posting: the bytes that were shown, with their hash and the moment';

-- Proof of posting elsewhere: a photograph of the board, a screenshot of the unit's site.
CREATE TABLE postings (
    id        uuid PRIMARY KEY,
    notice_id uuid NOT NULL REFERENCES notices,
    place     text NOT NULL CHECK (place <> ''),
    sha256    text NOT NULL,
    name      text NOT NULL,
    size      integer NOT NULL,
    added_by  uuid NOT NULL,
    added_at  timestamptz NOT NULL
);

GRANT SELECT ON calendar_years TO awards_public, awards_member, awards_committee, awards_office, awards_supervisor, awards_system;
GRANT INSERT ON calendar_years TO awards_office;
GRANT SELECT ON notices TO awards_public, awards_member, awards_committee, awards_office, awards_supervisor, awards_system;
GRANT INSERT ON notices TO awards_office;
GRANT UPDATE (ends_on) ON notices TO awards_system, awards_office;
GRANT SELECT ON postings TO awards_committee, awards_office, awards_supervisor;
GRANT INSERT ON postings TO awards_office;

-- migrate:down

DROP TABLE postings;
DROP TABLE notices;
DROP TABLE calendar_years;
