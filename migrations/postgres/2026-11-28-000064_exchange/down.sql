UPDATE flag SET cleared_at = changed_at WHERE subject_kind = 'force' AND cleared_at IS NULL;
ALTER TABLE schedule_proposal DROP COLUMN records_as_of;
DROP TABLE pull_place;
DROP TABLE exchange;
