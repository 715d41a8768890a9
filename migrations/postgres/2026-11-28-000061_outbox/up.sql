-- What the records system is to be told of, in the order in which it happened, kept in the transaction of the act itself.
CREATE TABLE outbox_event (
    force text NOT NULL,
    number bigint NOT NULL,
    id uuid NOT NULL UNIQUE,
    event_type text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    offender_ref text,
    latest_by date,
    act text NOT NULL,
    happened_at timestamptz NOT NULL,
    PRIMARY KEY (force, number)
);
