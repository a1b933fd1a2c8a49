-- migrate:up
-- A rehearsal (演练): an invented division in the real hall, on the real tablets. It can reach nothing of a season: no
-- score set, no chain under a root, no event, no appeal and no name, whatever a handler tries. The database refuses.
CREATE TABLE rehearsals (
    division_id uuid PRIMARY KEY,
    activity_id uuid NOT NULL UNIQUE CHECK (activity_id <> division_id),
    modelled_on uuid NOT NULL,
    rule_key text NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    cleared_by uuid,
    cleared_at timestamptz,
    CHECK ((cleared_by IS NULL) = (cleared_at IS NULL))
);

CREATE FUNCTION is_rehearsal(id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM rehearsals WHERE id IN (division_id, activity_id))
$$;

CREATE FUNCTION is_cleared(id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM rehearsals WHERE division_id = id AND cleared_at IS NOT NULL)
$$;

-- Which rehearsal a text names, by division, activity, roll or entry.
CREATE FUNCTION rehearsal_named(said text) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.division_id FROM rehearsals r
     WHERE position(r.division_id::text IN said) > 0 OR position(r.activity_id::text IN said) > 0
        OR EXISTS (SELECT FROM rolls o JOIN roll_items i USING (roll_id) WHERE o.division_id = r.division_id
                      AND (position(o.roll_id::text IN said) > 0 OR position(i.entry_id::text IN said) > 0))
     LIMIT 1
$$;

-- Results, roots, bundles, appeals and names are of a season. The column that names the division or activity is told.
CREATE FUNCTION rehearsal_stays_inside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_rehearsal((to_jsonb(NEW) ->> TG_ARGV[0])::uuid) THEN
        RAISE EXCEPTION 'a rehearsal has no %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rehearsal_stays_inside BEFORE INSERT OR UPDATE ON score_sets FOR EACH ROW EXECUTE FUNCTION rehearsal_stays_inside('division_id');
CREATE TRIGGER rehearsal_stays_inside BEFORE INSERT OR UPDATE ON sealed_chains FOR EACH ROW EXECUTE FUNCTION rehearsal_stays_inside('division_id');
CREATE TRIGGER rehearsal_stays_inside BEFORE INSERT OR UPDATE ON statements FOR EACH ROW EXECUTE FUNCTION rehearsal_stays_inside('division_id');
CREATE TRIGGER rehearsal_stays_inside BEFORE INSERT OR UPDATE ON roots FOR EACH ROW EXECUTE FUNCTION rehearsal_stays_inside('activity_id');
CREATE TRIGGER rehearsal_stays_inside BEFORE INSERT OR UPDATE ON public_bundles FOR EACH ROW EXECUTE FUNCTION rehearsal_stays_inside('activity_id');
CREATE TRIGGER rehearsal_stays_inside BEFORE INSERT OR UPDATE ON appeals FOR EACH ROW EXECUTE FUNCTION rehearsal_stays_inside('division_id');
CREATE TRIGGER rehearsal_stays_inside BEFORE INSERT OR UPDATE ON board_names FOR EACH ROW EXECUTE FUNCTION rehearsal_stays_inside('division_id');
CREATE TRIGGER rehearsal_stays_inside BEFORE INSERT OR UPDATE ON ledger_told FOR EACH ROW EXECUTE FUNCTION rehearsal_stays_inside('division_id');

-- Nothing that leaves for another service names a rehearsal.
CREATE FUNCTION rehearsal_is_not_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF rehearsal_named(convert_from(NEW.body, 'UTF8')) IS NOT NULL THEN
        RAISE EXCEPTION 'a rehearsal is told to nobody' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rehearsal_is_not_told BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION rehearsal_is_not_told();

-- A rehearsal has a board of its own; no other board names it.
CREATE FUNCTION rehearsal_is_not_shown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT is_rehearsal(NEW.division_id) AND rehearsal_named(NEW.body) IS NOT NULL THEN
        RAISE EXCEPTION 'a board of the season names a rehearsal' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rehearsal_is_not_shown BEFORE INSERT OR UPDATE ON board_frames FOR EACH ROW EXECUTE FUNCTION rehearsal_is_not_shown();

-- The desk may open a rehearsal and nothing else; what registration tells is never one.
CREATE FUNCTION rehearsal_door() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of uuid := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
BEGIN
    IF current_user = 'scoring_desk' AND NOT is_rehearsal(of) THEN
        RAISE EXCEPTION 'the desk opens rehearsals only' USING ERRCODE = 'restrict_violation';
    END IF;
    IF current_user = 'scoring_system' AND is_rehearsal(of) THEN
        RAISE EXCEPTION 'registration opens no rehearsal' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rehearsal_door BEFORE INSERT OR UPDATE ON activities FOR EACH ROW EXECUTE FUNCTION rehearsal_door('activity_id');
CREATE TRIGGER rehearsal_door BEFORE INSERT OR UPDATE ON divisions FOR EACH ROW EXECUTE FUNCTION rehearsal_door('division_id');
CREATE TRIGGER rehearsal_door BEFORE INSERT OR UPDATE ON rolls FOR EACH ROW EXECUTE FUNCTION rehearsal_door('division_id');

-- An entry is a contestant's or a rehearsal's, never both.
CREATE INDEX roll_items_entry ON roll_items (entry_id);
CREATE FUNCTION rehearsal_keeps_its_entries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    is_mine boolean;
BEGIN
    SELECT is_rehearsal(r.division_id) INTO is_mine FROM rolls r WHERE r.roll_id = NEW.roll_id;
    IF EXISTS (SELECT FROM roll_items i JOIN rolls r USING (roll_id)
                WHERE i.entry_id = NEW.entry_id AND is_rehearsal(r.division_id) <> is_mine) THEN
        RAISE EXCEPTION 'an entry is of a season or of a rehearsal' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rehearsal_keeps_its_entries BEFORE INSERT ON roll_items FOR EACH ROW EXECUTE FUNCTION rehearsal_keeps_its_entries();
CREATE FUNCTION rehearsal_fills_its_roll() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'scoring_desk' AND NOT EXISTS (SELECT FROM rolls r WHERE r.roll_id = NEW.roll_id AND is_rehearsal(r.division_id)) THEN
        RAISE EXCEPTION 'the desk opens rehearsals only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rehearsal_fills_its_roll BEFORE INSERT ON roll_items FOR EACH ROW EXECUTE FUNCTION rehearsal_fills_its_roll();

GRANT SELECT, INSERT, UPDATE (cleared_by, cleared_at) ON rehearsals TO scoring_desk;
GRANT SELECT ON rehearsals TO scoring_supervisor, scoring_hall;
GRANT INSERT, UPDATE ON activities, divisions TO scoring_desk;
GRANT INSERT ON rolls, roll_items TO scoring_desk;

-- migrate:down
REVOKE INSERT, UPDATE ON activities, divisions FROM scoring_desk;
REVOKE INSERT ON rolls, roll_items FROM scoring_desk;
DROP TRIGGER rehearsal_fills_its_roll ON roll_items;
DROP TRIGGER rehearsal_keeps_its_entries ON roll_items;
DROP TRIGGER rehearsal_door ON rolls;
DROP TRIGGER rehearsal_door ON divisions;
DROP TRIGGER rehearsal_door ON activities;
DROP TRIGGER rehearsal_is_not_shown ON board_frames;
DROP TRIGGER rehearsal_is_not_told ON outbox;
DROP TRIGGER rehearsal_stays_inside ON ledger_told;
DROP TRIGGER rehearsal_stays_inside ON board_names;
DROP TRIGGER rehearsal_stays_inside ON appeals;
DROP TRIGGER rehearsal_stays_inside ON public_bundles;
DROP TRIGGER rehearsal_stays_inside ON roots;
DROP TRIGGER rehearsal_stays_inside ON statements;
DROP TRIGGER rehearsal_stays_inside ON sealed_chains;
DROP TRIGGER rehearsal_stays_inside ON score_sets;
DROP FUNCTION rehearsal_fills_its_roll(), rehearsal_keeps_its_entries(), rehearsal_door(), rehearsal_is_not_shown(), rehearsal_is_not_told(),
              rehearsal_stays_inside(), rehearsal_named(text), is_cleared(uuid), is_rehearsal(uuid);
DROP INDEX roll_items_entry;
DROP TABLE rehearsals;
