-- Where each case stood when its force's flags were last evaluated: what the dashboards count. Dates,
-- references and codes alone; each evaluation replaces what has changed.
CREATE TABLE case_standing (
    force text NOT NULL,
    offender_ref text NOT NULL,
    bucket text NOT NULL,
    manager_ref text,
    facts jsonb NOT NULL,
    PRIMARY KEY (force, offender_ref)
);
CREATE INDEX case_standing_manager ON case_standing (force, manager_ref);

-- Since when there is a history of a force's flags, and when the standings of its cases were stored.
ALTER TABLE flag_evaluation ADD COLUMN first_evaluated_at timestamptz;
UPDATE flag_evaluation SET first_evaluated_at = LEAST(
    evaluated_at, (SELECT min(flag.raised_at) FROM flag WHERE flag.force = flag_evaluation.force)
);
ALTER TABLE flag_evaluation ALTER COLUMN first_evaluated_at SET NOT NULL;
ALTER TABLE flag_evaluation ADD COLUMN standings_at timestamptz;

-- Since when flags are open, and what was cleared lately.
CREATE INDEX flag_cleared ON flag (force, cleared_at);
