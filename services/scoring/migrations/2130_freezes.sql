-- migrate:up
-- 暂停公布成绩: from the ledger position on which it stands, the public goes on seeing what it saw. A projection of the ledger.
CREATE TABLE freezes (
    id uuid PRIMARY KEY,
    division_id uuid NOT NULL,
    kept text NOT NULL,
    position bigint NOT NULL,
    at timestamptz NOT NULL,
    thawed_position bigint CHECK (thawed_position > position)
);
CREATE UNIQUE INDEX freezes_one_standing ON freezes (division_id) WHERE thawed_position IS NULL;

GRANT SELECT, INSERT, UPDATE (thawed_position) ON freezes TO scoring_desk, scoring_supervisor;
GRANT SELECT, INSERT, UPDATE, DELETE ON freezes TO scoring_system;

-- While a division is frozen its hall goes on: the picture with stage and clock, for screens that staff have opened.
CREATE TABLE hall_frames (
    division_id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version > 0),
    body text NOT NULL,
    made_at timestamptz NOT NULL
);
CREATE TRIGGER board_moves BEFORE UPDATE ON hall_frames FOR EACH ROW EXECUTE FUNCTION board_moves();

GRANT SELECT ON hall_frames TO scoring_desk, scoring_supervisor;
GRANT SELECT, INSERT, UPDATE ON hall_frames TO scoring_system;

-- Ceremonies that awards has opened: the hall's screens go to the page; one that is over has no address.
CREATE TABLE board_reveals (
    division_id uuid NOT NULL,
    reveal_id uuid NOT NULL,
    address text NOT NULL,
    PRIMARY KEY (division_id, reveal_id)
);
GRANT SELECT, INSERT, UPDATE ON board_reveals TO scoring_system;
GRANT SELECT ON board_reveals TO scoring_desk, scoring_supervisor;

-- migrate:down
DROP TABLE board_reveals, hall_frames, freezes;
