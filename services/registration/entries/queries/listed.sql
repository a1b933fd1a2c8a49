-- Entries with what a list shows. $1 activity, $2 branch (NULL: all), $3 division (NULL: all)
SELECT entries.id, entries.activity_id, entries.division_id, divisions.key AS division, divisions.title AS division_title,
       divisions.title_en AS division_title_en, persons.staff_no, persons.name, persons.title, branches.code AS branch,
       branches.name AS branch_name, entries.course, entries.state, entries.version, entries.recommendation, entries.reasons,
       entries.signed_up_at, admission_positions.position, draw_numbers.number AS "order", codes.code
  FROM entries
  JOIN divisions ON divisions.id = entries.division_id
  JOIN persons ON persons.id = entries.person_id
  LEFT JOIN branches ON branches.id = entries.branch_id
  LEFT JOIN admission_positions ON admission_positions.entry_id = entries.id
  LEFT JOIN draw_numbers ON draw_numbers.entry_id = entries.id
  LEFT JOIN codes ON codes.entry_id = entries.id
 WHERE entries.activity_id = $1 AND ($2::uuid IS NULL OR entries.branch_id = $2)
   AND ($3::uuid IS NULL OR entries.division_id = $3)
 ORDER BY divisions.position, draw_numbers.number, admission_positions.position, branches.code, entries.recommendation,
       persons.name_key, entries.id
