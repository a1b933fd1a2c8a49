-- migrate:up
-- What only people can see: that the printed sheets lie in the hall, that the clock is on the screen. It holds for the roll
-- and the rule it was said of.
CREATE TABLE preparations (
    division_id uuid NOT NULL,
    item text NOT NULL CHECK (item IN ('sheets', 'clock')),
    roll_hash text NOT NULL,
    rule_hash text NOT NULL,
    said_by uuid NOT NULL,
    said_at timestamptz NOT NULL,
    PRIMARY KEY (division_id, item)
);

GRANT SELECT, INSERT, UPDATE ON preparations TO scoring_hall;

-- migrate:down
DROP TABLE preparations;
