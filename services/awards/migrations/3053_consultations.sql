-- migrate:up

CREATE TABLE replies (
    id            uuid PRIMARY KEY,
    nomination_id uuid NOT NULL REFERENCES nominations,
    office        text NOT NULL,
    opinion       text NOT NULL CHECK (opinion IN ('none', 'veto')),
    reference     text NOT NULL CHECK (btrim(reference) <> ''),
    replied_on    date NOT NULL,
    recorded_by   uuid NOT NULL,
    recorded_at   timestamptz NOT NULL,
    UNIQUE (nomination_id, office)
);

-- Why an office vetoed a name: supervisor and committee only, so it is no column of the reply.
CREATE TABLE veto_reasons (
    reply_id uuid PRIMARY KEY REFERENCES replies,
    reason   text NOT NULL CHECK (btrim(reason) <> '')
);

GRANT SELECT ON replies TO awards_committee, awards_office, awards_supervisor;
GRANT SELECT ON veto_reasons TO awards_committee, awards_supervisor;
GRANT INSERT ON replies, veto_reasons TO awards_committee;

-- migrate:down

DROP TABLE veto_reasons;
DROP TABLE replies;
