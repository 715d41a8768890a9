-- The keys of other forces that an administrator trusts: with them packages and receipts are verified.
CREATE TABLE transfer_key (
    id uuid PRIMARY KEY,
    force text NOT NULL,
    of_force text NOT NULL,
    public_key text NOT NULL,
    reason text NOT NULL,
    expires_on date NOT NULL,
    registered_at timestamptz NOT NULL,
    registered_by text NOT NULL,
    withdrawn_at timestamptz,
    withdrawn_by text,
    withdrawal_reason text
);
CREATE INDEX transfer_key_of_force ON transfer_key (force, of_force);

-- Transfers of cases to other forces, with the manifest of what was sent and the receipt that came for it.
CREATE TABLE transfer (
    id uuid PRIMARY KEY,
    force text NOT NULL,
    offender_ref text NOT NULL,
    receiving_force text NOT NULL,
    reason text NOT NULL,
    state text NOT NULL CHECK (state IN ('made', 'received', 'withdrawn')),
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    manifest jsonb NOT NULL,
    package_sha256 text NOT NULL,
    receipt jsonb,
    ended_at timestamptz,
    ended_by text,
    withdrawal_reason text,
    version integer NOT NULL
);
CREATE INDEX transfer_offender ON transfer (force, offender_ref);

-- Cases received from other forces, with the receipt that was given.
CREATE TABLE received_transfer (
    force text NOT NULL,
    sending_force text NOT NULL,
    transfer_id uuid NOT NULL,
    offender_ref text NOT NULL,
    team_ref text NOT NULL,
    package_sha256 text NOT NULL,
    receipt jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    received_by text NOT NULL,
    PRIMARY KEY (force, sending_force, transfer_id)
);
CREATE INDEX received_transfer_offender ON received_transfer (force, offender_ref);

-- What the sending force knew, word for word and in the order in which it knew it: each line of a package's history, beside the
-- version of a record (`source`, `event_id`) that was made of it here.
CREATE TABLE received_version (
    source text NOT NULL,
    event_id text NOT NULL,
    force text NOT NULL,
    number integer NOT NULL,
    said jsonb NOT NULL,
    PRIMARY KEY (source, event_id)
);

-- Packages as they were sent and received, byte for byte, in Base64.
CREATE TABLE transfer_package (
    force text NOT NULL,
    sending_force text NOT NULL,
    transfer_id uuid NOT NULL,
    content text NOT NULL,
    PRIMARY KEY (force, sending_force, transfer_id)
);

-- What was sent and received is evidence: appended, and nothing else.
CREATE FUNCTION transfers_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP;
END
$$;
CREATE TRIGGER received_transfer_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON received_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION transfers_are_append_only();
CREATE TRIGGER received_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON received_version
    FOR EACH STATEMENT EXECUTE FUNCTION transfers_are_append_only();
CREATE TRIGGER transfer_package_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer_package
    FOR EACH STATEMENT EXECUTE FUNCTION transfers_are_append_only();
