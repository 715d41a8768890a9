-- Runs of the service's own jobs. The key is the local date of a nightly job, the instant of a more
-- frequent one: the primary key makes a second run of either impossible. Whoever runs it holds a
-- lease and renews it; a lease that ran out may be taken over.
CREATE TABLE job_run (
    job text NOT NULL,
    run_key text NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'succeeded', 'failed')),
    owner text NOT NULL,
    lease_until timestamptz NOT NULL,
    attempt integer NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    error_code text,
    report jsonb,
    PRIMARY KEY (job, run_key)
);
CREATE INDEX job_run_started ON job_run (job, started_at);
