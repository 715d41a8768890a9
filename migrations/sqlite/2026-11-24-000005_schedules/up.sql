-- What a proposal was made from, byte for byte: it holds where people live.
CREATE TABLE schedule_snapshot (
    sha256 text PRIMARY KEY,
    force text NOT NULL,
    content text NOT NULL
);

-- Proposals of a team's schedule. Nothing of a proposal ever changes but its state.
CREATE TABLE schedule_proposal (
    id text PRIMARY KEY,
    force text NOT NULL,
    team_ref text NOT NULL,
    parent_id text REFERENCES schedule_proposal (id),
    snapshot_sha256 text NOT NULL REFERENCES schedule_snapshot (sha256),
    seed bigint NOT NULL,
    iterations bigint NOT NULL,
    horizon_from date NOT NULL,
    horizon_until date NOT NULL,
    state text NOT NULL CHECK (state IN ('planning', 'proposed', 'accepted')),
    requested_at text NOT NULL,
    requested_by text NOT NULL,
    accepted_at text,
    accepted_by text,
    version integer NOT NULL
);
CREATE INDEX schedule_proposal_team ON schedule_proposal (force, team_ref, requested_at);

-- The proposal itself, byte for byte: it holds where people live.
CREATE TABLE schedule_proposal_document (
    proposal_id text PRIMARY KEY REFERENCES schedule_proposal (id),
    document text NOT NULL
);

-- The accepted proposal of each team.
CREATE TABLE current_schedule (
    force text NOT NULL,
    team_ref text NOT NULL,
    proposal_id text NOT NULL REFERENCES schedule_proposal (id),
    PRIMARY KEY (force, team_ref)
);

-- The visits of accepted proposals; superseded where a later one took their days over.
CREATE TABLE planned_visit (
    id text PRIMARY KEY,
    force text NOT NULL,
    team_ref text NOT NULL,
    proposal_id text NOT NULL REFERENCES schedule_proposal (id),
    offender_ref text NOT NULL,
    address_ref text NOT NULL,
    visit_on date NOT NULL,
    starts_at text NOT NULL,
    ends_at text NOT NULL,
    reason text NOT NULL,
    superseded_by text REFERENCES schedule_proposal (id)
);
CREATE INDEX planned_visit_day ON planned_visit (force, team_ref, visit_on);

CREATE TABLE planned_visit_officer (
    planned_visit_id text NOT NULL REFERENCES planned_visit (id),
    officer_ref text NOT NULL,
    PRIMARY KEY (planned_visit_id, officer_ref)
);
CREATE INDEX planned_visit_officer_ref ON planned_visit_officer (officer_ref);
