-- migrate:up

-- Where each award of the list that counts stands. Suspended: a named objection waits for its answer.
CREATE VIEW award_states AS
    SELECT a.*, e.key AS edition_key,
           EXISTS (SELECT FROM objection_outcomes o WHERE o.award_id = a.id AND o.outcome IS NULL) AS suspended,
           EXISTS (SELECT FROM objection_outcomes o WHERE o.award_id = a.id AND o.outcome = 'upheld') AS struck,
           p.approval_id, c.commendation_id, c.certificate_no, k.certificate_id
      FROM editions e
      JOIN awards a ON a.proposal_id = e.proposal_id
      LEFT JOIN approved_awards p ON p.award_id = a.id
      LEFT JOIN commended_awards c ON c.award_id = a.id
      LEFT JOIN (SELECT id AS certificate_id, award_id FROM certificates) k ON k.award_id = a.id;
GRANT SELECT ON award_states TO awards_committee, awards_office, awards_supervisor, awards_system;

CREATE VIEW award_tokens AS SELECT award_id, token FROM certificates;
GRANT SELECT ON award_tokens TO awards_office, awards_supervisor;

CREATE VIEW public_editions AS
    SELECT id, kind, key, title, title_en, organisation, language, position, state FROM editions;

-- The posted list: who, from where, for which tier. No rank, no result, no code, nobody without a prize.
CREATE VIEW public_notice_awards AS
    SELECT n.id AS notice_id, a.id, a.name, a.name_key, a.unit, a.division_key, a.division, a.division_en, a.work,
           a.tier, a.tier_en, a.tier_position, a.position, a.subject_kind
      FROM notices n JOIN awards a ON a.proposal_id = n.proposal_id;

-- What was decided, with the decision it rests on.
CREATE VIEW public_results AS
    SELECT a.edition_id, a.id, a.subject_kind, a.subject_id, a.name, a.name_key, a.unit, a.division_key, a.division, a.division_en,
           a.work, a.tier, a.tier_en, a.tier_position, a.position, w.certificate_no, c.document_no, c.decided_on, c.version
      FROM awards a
      JOIN commended_awards w ON w.award_id = a.id
      JOIN commendations c ON c.id = w.commendation_id;

-- Answers to whoever holds the token or the number; the application never lists it.
CREATE VIEW public_certificates AS
    SELECT k.number, k.token, k.content, k.signature, k.key_id, k.pdf_sha256, k.issued_at, a.edition_id, r.revoked_on, r.document_no AS revoked_by
      FROM certificates k
      JOIN awards a ON a.id = k.award_id
      LEFT JOIN revocations r ON r.certificate_id = k.id;

GRANT SELECT ON public_editions, public_notice_awards, public_results, public_certificates
    TO awards_public, awards_member, awards_committee, awards_office, awards_supervisor;

-- The reader's own honours.
CREATE VIEW own_honours AS
    SELECT e.key AS edition_key, e.title, e.title_en, a.division, a.division_en, a.tier, a.tier_en, w.certificate_no, k.token
      FROM awards a
      JOIN editions e ON e.id = a.edition_id
      JOIN commended_awards w ON w.award_id = a.id
      LEFT JOIN certificates k ON k.award_id = a.id
     WHERE a.person_id = nullif(current_setting('laurel.actor', true), '')::uuid;
GRANT SELECT ON own_honours TO awards_member;

-- migrate:down

DROP VIEW own_honours;
DROP VIEW public_certificates;
DROP VIEW public_results;
DROP VIEW public_notice_awards;
DROP VIEW public_editions;
DROP VIEW award_tokens;
DROP VIEW award_states;
