DROP INDEX flag_cleared;
ALTER TABLE flag_evaluation DROP COLUMN standings_at;
ALTER TABLE flag_evaluation DROP COLUMN first_evaluated_at;
DROP TABLE case_standing;
