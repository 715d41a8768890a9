-- Flags, from being raised to being cleared; what is raised again is a new row. Severity: 1 high,
-- 2 medium, 3 info, so that the gravest come first.
CREATE TABLE flag (
    id text PRIMARY KEY,
    force text NOT NULL,
    code text NOT NULL,
    subject_kind text NOT NULL,
    subject text NOT NULL,
    offender_ref text,
    team_ref text,
    officer_ref text,
    severity smallint NOT NULL CHECK (severity BETWEEN 1 AND 3),
    reason text,
    evidence text NOT NULL,
    policy_version text NOT NULL,
    raised_at text NOT NULL,
    changed_at text NOT NULL,
    cleared_at text,
    acknowledged_until text,
    version integer NOT NULL
);
CREATE UNIQUE INDEX flag_holds_once ON flag (force, code, subject) WHERE cleared_at IS NULL;
CREATE INDEX flag_in_order ON flag (force, severity, raised_at, id);
CREATE INDEX flag_offender ON flag (force, offender_ref);

-- Who acknowledged which flag, why, and until when; appended and never overwritten. What the flag
-- said then is kept, for an acknowledgement is of that alone. The reason is free text.
CREATE TABLE flag_acknowledgement (
    id text PRIMARY KEY,
    flag_id text NOT NULL REFERENCES flag (id),
    acknowledged_at text NOT NULL,
    acknowledged_by text NOT NULL,
    reason text NOT NULL,
    review_on text NOT NULL,
    flag_severity smallint NOT NULL,
    flag_reason text
);
CREATE INDEX flag_acknowledgement_flag ON flag_acknowledgement (flag_id);

-- Forces whose records changed since their flags were evaluated: marked in the transaction that
-- changed them, taken away in the one that stores what an evaluation found.
CREATE TABLE evaluation_request (
    id text PRIMARY KEY,
    force text NOT NULL,
    requested_at text NOT NULL
);
CREATE INDEX evaluation_request_force ON evaluation_request (force);

-- When each force's flags were last evaluated.
CREATE TABLE flag_evaluation (
    force text PRIMARY KEY,
    evaluated_at text NOT NULL,
    policy_version text NOT NULL
);
