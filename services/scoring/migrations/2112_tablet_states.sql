-- migrate:up
-- A tablet at the desk: who holds it and what it last said of itself; neither key nor token nor signature.
CREATE VIEW tablet_states AS
    SELECT d.id, d.panel_id, d.label, d.abilities, coalesce(s.judge_id, d.owned_by) AS judge_id, s.at AS signed_on_at,
           r.heard_at, r.queue, r.parked, r.last_position, r.battery, r.skew_ms
      FROM devices d
      LEFT JOIN device_reports r ON r.device_id = d.id
      LEFT JOIN LATERAL (SELECT o.judge_id, o.at FROM sign_ons o WHERE o.device_id = d.id ORDER BY o.at DESC, o.id DESC LIMIT 1) s ON true
     WHERE d.revoked_at IS NULL;

GRANT SELECT ON tablet_states TO scoring_hall, scoring_desk, scoring_supervisor;

-- migrate:down
DROP VIEW tablet_states;
