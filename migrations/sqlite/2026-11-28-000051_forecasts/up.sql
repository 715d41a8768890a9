-- Forecasts asked for: what each is made from, byte for byte (it holds where people live), how far it is, and what came of it.
CREATE TABLE forecast (
    id text PRIMARY KEY,
    force text NOT NULL,
    team_refs text NOT NULL,
    offender_refs text NOT NULL,
    input text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    steps_done integer NOT NULL,
    steps integer NOT NULL,
    result text,
    error_code text,
    owner text,
    lease_until text,
    attempt integer NOT NULL,
    requested_at text NOT NULL,
    requested_by text NOT NULL,
    version integer NOT NULL
);
CREATE INDEX forecast_unfinished ON forecast (state, requested_at);
