-- Where each case stood when its force's flags were last evaluated: what the dashboards count. Dates,
-- references and codes alone; each evaluation replaces what has changed.
CREATE TABLE case_standing (
    force text NOT NULL,
    offender_ref text NOT NULL,
    bucket text NOT NULL,
    manager_ref text,
    facts text NOT NULL,
    PRIMARY KEY (force, offender_ref)
);
CREATE INDEX case_standing_manager ON case_standing (force, manager_ref);

-- Since when there is a history of a force's flags, and when the standings of its cases were stored.
ALTER TABLE flag_evaluation ADD COLUMN first_evaluated_at text NOT NULL DEFAULT '';
UPDATE flag_evaluation SET first_evaluated_at = min(
    evaluated_at,
    coalesce((SELECT min(flag.raised_at) FROM flag WHERE flag.force = flag_evaluation.force), evaluated_at)
);
ALTER TABLE flag_evaluation ADD COLUMN standings_at text;

-- Since when flags are open, and what was cleared lately.
CREATE INDEX flag_cleared ON flag (force, cleared_at);
