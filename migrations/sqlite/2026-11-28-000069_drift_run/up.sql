-- When a record that differs was last asked for again, and what came of it: a code.
ALTER TABLE drift ADD COLUMN asked_at text;
ALTER TABLE drift ADD COLUMN answer text;

-- Who asked for a comparison.
ALTER TABLE drift_check ADD COLUMN compared_by text NOT NULL DEFAULT 'records_system'
    CHECK (compared_by IN ('records_system', 'service'));

-- How the last run ended that asked a force's records system for what it holds: succeeded, or the code of what failed first.
CREATE TABLE drift_run (
    force text PRIMARY KEY,
    began_at text NOT NULL,
    ended_at text NOT NULL,
    outcome text NOT NULL
);
