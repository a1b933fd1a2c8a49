-- migrate:up

-- A change of prize numbers names its minute whole (title, number, date) and keeps the scan; fewer prizes are a change too.
ALTER TABLE tier_minutes RENAME COLUMN minute TO document_no;
ALTER TABLE tier_minutes
    ADD COLUMN title text NOT NULL DEFAULT '',
    ADD COLUMN dated date,
    ADD COLUMN scan_sha256 text NOT NULL DEFAULT '',
    ADD COLUMN scan_name text NOT NULL DEFAULT '',
    ADD COLUMN scan_size integer NOT NULL DEFAULT 0,
    DROP CONSTRAINT tier_minutes_more_check,
    ADD CONSTRAINT tier_minutes_more_check CHECK (more BETWEEN -20 AND 20 AND more <> 0),
    ADD CONSTRAINT tier_minutes_is_whole
        CHECK (title <> '' AND dated IS NOT NULL AND scan_sha256 ~ '^[0-9a-f]{64}$' AND scan_size > 0) NOT VALID;
COMMENT ON CONSTRAINT tier_minutes_is_whole ON tier_minutes IS 'not asked of rows from before minutes were kept whole';

-- What stays beside the prizes wherever they are shown: which number changed, by which minute. The scan is not public.
CREATE VIEW public_minutes AS
    SELECT m.id, m.edition_id, m.division_key, d.value ->> 'title' AS division, d.value ->> 'title_en' AS division_en, m.tier,
           t.value ->> 'name_en' AS tier_en, (t.value ->> 'count')::integer AS frozen, m.more, m.title, m.document_no, m.dated,
           m.recorded_at
      FROM tier_minutes m
      JOIN editions e ON e.id = m.edition_id
     CROSS JOIN LATERAL jsonb_array_elements(e.divisions) d
     CROSS JOIN LATERAL jsonb_array_elements(d.value -> 'tiers') t
     WHERE d.value ->> 'key' = m.division_key AND t.value ->> 'name' = m.tier;
GRANT SELECT ON public_minutes TO awards_public, awards_member, awards_committee, awards_office, awards_supervisor;

-- migrate:down

DROP VIEW public_minutes;
ALTER TABLE tier_minutes
    DROP CONSTRAINT tier_minutes_is_whole, DROP CONSTRAINT tier_minutes_more_check,
    DROP COLUMN title, DROP COLUMN dated, DROP COLUMN scan_sha256, DROP COLUMN scan_name, DROP COLUMN scan_size;
ALTER TABLE tier_minutes RENAME COLUMN document_no TO minute;
