ALTER TABLE schedule_proposal DROP COLUMN records_as_of;
DROP TABLE pull_place;
DROP TABLE exchange;
