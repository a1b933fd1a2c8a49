-- migrate:up
-- Protocol 2: what the device signed, and how the revision reached us. Rows of before are unsigned and came by a form.
ALTER TABLE revisions
    ADD COLUMN protocol int NOT NULL DEFAULT 1 CHECK (protocol IN (1, 2)),
    ADD COLUMN signature text CHECK (signature ~ '^[A-Za-z0-9_-]{86}$'),
    ADD COLUMN source text NOT NULL DEFAULT 'form' CHECK (source IN ('tablet', 'form', 'paper', 'export')),
    ADD CHECK ((protocol = 2) = (signature IS NOT NULL)),
    ADD CHECK (source NOT IN ('tablet', 'export') OR protocol = 2);

-- migrate:down
ALTER TABLE revisions DROP COLUMN protocol, DROP COLUMN signature, DROP COLUMN source;
