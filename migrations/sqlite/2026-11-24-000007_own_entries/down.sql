DROP TABLE idempotency_key;
DROP TABLE limited_access;
CREATE TABLE current_record_of_feed (
    force text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    version_id text NOT NULL REFERENCES record_version (id),
    event_id text NOT NULL,
    event_time text NOT NULL,
    withdrawn boolean NOT NULL,
    offender_ref text,
    team_ref text,
    PRIMARY KEY (force, kind, subject)
);
INSERT INTO current_record_of_feed
    SELECT force, kind, subject, version_id, event_id, event_time, withdrawn, offender_ref, team_ref FROM current_record
    WHERE version_id IS NOT NULL;
DROP TABLE current_record;
ALTER TABLE current_record_of_feed RENAME TO current_record;
CREATE INDEX current_record_offender ON current_record (force, offender_ref);
CREATE INDEX current_record_team ON current_record (force, kind, team_ref, subject);
DROP TABLE own_entry_personal_data;
DROP TABLE own_entry;
