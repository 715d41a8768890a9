-- Who is told of outward events by webhook, with which keys, and what became of each event. The keys themselves are in no table: they are
-- derived from one that is kept outside of the database.
CREATE TABLE subscription (
    id uuid PRIMARY KEY,
    force text NOT NULL,
    name text NOT NULL,
    url text NOT NULL,
    event_types jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'paused', 'ended')),
    key_number integer NOT NULL,
    old_key_until timestamptz,
    failing_since timestamptz,
    probed_at timestamptz,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    version integer NOT NULL
);
CREATE INDEX subscription_force ON subscription (force, state);

CREATE TABLE delivery (
    subscription_id uuid NOT NULL REFERENCES subscription (id),
    number bigint NOT NULL,
    event_id uuid NOT NULL,
    record text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
    attempts integer NOT NULL,
    due_at timestamptz NOT NULL,
    problem text,
    ended_at timestamptz,
    PRIMARY KEY (subscription_id, number)
);
CREATE INDEX delivery_due ON delivery (state, due_at);
CREATE INDEX delivery_record ON delivery (subscription_id, record, state, number);
