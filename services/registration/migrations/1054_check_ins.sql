-- migrate:up

CREATE TABLE check_ins (
    entry_id      uuid PRIMARY KEY REFERENCES entries,
    checked_in_at timestamptz NOT NULL,
    checked_in_by uuid NOT NULL
);
GRANT SELECT, INSERT ON check_ins TO registration_organiser;
GRANT SELECT ON check_ins TO registration_supervisor;

-- migrate:down

DROP TABLE check_ins;
