-- An administrator's approvals that a road service outside of private networks is asked, by force and host.
CREATE TABLE road_service_approval (
    id text PRIMARY KEY,
    force text NOT NULL,
    host text NOT NULL,
    reason text NOT NULL,
    expires_on date NOT NULL,
    approved_at text NOT NULL,
    approved_by text NOT NULL,
    withdrawn_at text,
    withdrawn_by text,
    withdrawal_reason text
);
CREATE INDEX road_service_approval_host ON road_service_approval (force, host);
