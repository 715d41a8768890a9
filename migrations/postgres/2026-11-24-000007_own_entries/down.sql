DROP TABLE idempotency_key;
DROP TABLE limited_access;
DELETE FROM current_record WHERE version_id IS NULL;
ALTER TABLE current_record DROP COLUMN own_entry_id;
ALTER TABLE current_record ALTER COLUMN event_time SET NOT NULL;
ALTER TABLE current_record ALTER COLUMN event_id SET NOT NULL;
ALTER TABLE current_record ALTER COLUMN version_id SET NOT NULL;
DROP TABLE own_entry_personal_data;
DROP TABLE own_entry;
