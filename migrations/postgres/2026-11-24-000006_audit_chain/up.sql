-- What was logged before there were chains; `migrate` chains it in the order of its time and leaves this empty.
ALTER TABLE audit_entry RENAME TO audit_entry_before_chain;
ALTER INDEX audit_entry_pkey RENAME TO audit_entry_before_chain_pkey;

-- Who read or changed what: a chain a force, and one of the service's own. Each entry's hash is over all its members and
-- the hash of the entry before it: see docs/AUDIT.md.
CREATE TABLE audit_entry (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    act text NOT NULL,
    force text,
    subject_kind text,
    subject text,
    detail jsonb NOT NULL,
    operation text NOT NULL,
    reason text,
    chain text NOT NULL,
    sequence bigint NOT NULL CHECK (sequence > 0),
    previous_hash text NOT NULL,
    hash text NOT NULL,
    UNIQUE (chain, sequence)
);
CREATE INDEX audit_entry_subject ON audit_entry (chain, subject_kind, subject, sequence);

-- The last entry of each chain; who appends holds its row until the transaction ends.
CREATE TABLE audit_head (
    chain text PRIMARY KEY,
    sequence bigint NOT NULL,
    hash text NOT NULL
);

CREATE FUNCTION audit_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_entry is append-only: % is refused', TG_OP;
END
$$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only();
