-- Whose import it is: the force of whoever sent it; empty for the operator's own.
ALTER TABLE import ADD COLUMN force text;

-- The team that an officer belongs to, or that is responsible for an offender, so that scope is part of the query.
ALTER TABLE current_record ADD COLUMN team_ref text;
UPDATE current_record SET team_ref = (
        SELECT json_extract(record_version.content, '$.team_ref') FROM record_version
        WHERE record_version.id = current_record.version_id
    )
    WHERE kind IN ('offender', 'officer');
CREATE INDEX current_record_team ON current_record (force, kind, team_ref, subject);

-- The history of one case.
CREATE INDEX record_version_offender ON record_version (force, offender_ref);
