-- migrate:up
-- What was tapped on a lesson's clock, for ever: the clock is what its taps come to. A wrong tap is taken back or moved to
-- the right instant by another row.
CREATE TABLE clock_taps (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    number int NOT NULL CHECK (number > 0),
    step text NOT NULL CHECK (step IN ('start', 'pause', 'resume', 'end', 'take_back', 'move')),
    at timestamptz NOT NULL,
    tapped_by uuid,
    reason text NOT NULL DEFAULT '',
    corrects uuid REFERENCES clock_taps (id),
    moved_to timestamptz,
    UNIQUE (division_id, entry_id, number),
    CHECK ((corrects IS NOT NULL) = (step IN ('take_back', 'move'))),
    CHECK ((moved_to IS NOT NULL) = (step = 'move'))
);
INSERT INTO clock_taps (id, division_id, entry_id, number, step, at)
SELECT gen_random_uuid(), division_id, entry_id, 1, 'start',
       coalesce(running_since, ended_at, clock_timestamp()) - passed_ms * interval '1 millisecond'
  FROM clocks;
INSERT INTO clock_taps (id, division_id, entry_id, number, step, at)
SELECT gen_random_uuid(), division_id, entry_id, 2, CASE WHEN ended_at IS NULL THEN 'pause' ELSE 'end' END,
       coalesce(ended_at, clock_timestamp())
  FROM clocks WHERE running_since IS NULL;

GRANT SELECT, INSERT ON clock_taps TO scoring_desk;
GRANT SELECT ON clock_taps TO scoring_supervisor, scoring_system;
GRANT DELETE ON clocks TO scoring_desk;

-- migrate:down
REVOKE DELETE ON clocks FROM scoring_desk;
DROP TABLE clock_taps;
