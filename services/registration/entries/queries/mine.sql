-- The entries of one person with where each stands, newest first. $1 person
SELECT entries.id, entries.activity_id, entries.division_id, activities.title AS activity, activities.title_en AS activity_en,
       divisions.key AS division, divisions.title AS division_title, divisions.title_en AS division_title_en,
       entries.course, entries.state, entries.recommendation, entries.reasons, entries.waived, entries.signed_up_at,
       (SELECT count(*) FROM admission_positions AS before
          JOIN division_waiting ON division_waiting.entry_id = before.entry_id
         WHERE before.division_id = entries.division_id AND before.position <= own.position) AS waiting_number,
       draw_numbers.number AS "order", codes.code, activities.review_closes, activities.admission_at, activities.draw_at,
       activities.hall_at, divisions.venue, activities.admission
  FROM entries
  JOIN activities ON activities.id = entries.activity_id
  JOIN divisions ON divisions.id = entries.division_id
  LEFT JOIN admission_positions AS own ON own.entry_id = entries.id
  LEFT JOIN draw_numbers ON draw_numbers.entry_id = entries.id
  LEFT JOIN codes ON codes.entry_id = entries.id
 WHERE entries.person_id = $1
 ORDER BY entries.signed_up_at DESC, entries.id DESC
