-- migrate:up
-- A judge who has left an entry to somebody else reads its materials no longer.
ALTER POLICY assigned ON materials USING (ended_at IS NULL AND
    entry_id IN (SELECT a.entry_id FROM assignments a WHERE a.judge_id = acting_judge() AND a.state NOT IN ('recused', 'left')));

-- migrate:down
ALTER POLICY assigned ON materials USING (ended_at IS NULL AND
    entry_id IN (SELECT a.entry_id FROM assignments a WHERE a.judge_id = acting_judge() AND a.state <> 'recused'));
