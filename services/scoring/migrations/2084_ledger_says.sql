-- migrate:up
-- An entry's columns say what its text says: whoever reads by kind or position reads what was hashed.
CREATE FUNCTION ledger_says() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said jsonb := NEW.body;
BEGIN
    IF (said ->> 'division', said ->> 'position', said ->> 'kind', (said ->> 'at')::timestamptz)
       IS DISTINCT FROM (NEW.division_id::text, NEW.position::text, NEW.kind, NEW.at) THEN
        RAISE EXCEPTION 'ledger position % says something else than its text', NEW.position
              USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_says BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION ledger_says();

-- A head is the last entry of its chain: what acknowledgements, papers and events cite exists.
CREATE FUNCTION ledger_head_stands() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.position = 0 AND NEW.hash = decode(repeat('00', 32), 'hex') THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM ledger l WHERE (l.division_id, l.position, l.hash) = (NEW.division_id, NEW.position, NEW.hash)) THEN
        RAISE EXCEPTION 'a ledger head is an entry of its chain' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_head_stands BEFORE INSERT OR UPDATE ON ledger_heads
    FOR EACH ROW EXECUTE FUNCTION ledger_head_stands();

-- migrate:down
DROP TRIGGER ledger_says ON ledger;
DROP TRIGGER ledger_head_stands ON ledger_heads;
DROP FUNCTION ledger_says();
DROP FUNCTION ledger_head_stands();
