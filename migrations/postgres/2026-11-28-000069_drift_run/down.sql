DROP TABLE drift_run;
ALTER TABLE drift_check DROP COLUMN compared_by;
ALTER TABLE drift DROP COLUMN answer;
ALTER TABLE drift DROP COLUMN asked_at;
