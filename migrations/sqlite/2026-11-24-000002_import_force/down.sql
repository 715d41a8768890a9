DROP INDEX record_version_offender;
DROP INDEX current_record_team;
ALTER TABLE current_record DROP COLUMN team_ref;
ALTER TABLE import DROP COLUMN force;
