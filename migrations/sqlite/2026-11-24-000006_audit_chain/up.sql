-- What was logged before there were chains; `migrate` chains it in the order of its time and leaves this empty.
ALTER TABLE audit_entry RENAME TO audit_entry_before_chain;

-- Who read or changed what: a chain a force, and one of the service's own. Each entry's hash is over all its members and
-- the hash of the entry before it: see docs/AUDIT.md.
CREATE TABLE audit_entry (
    id text NOT NULL PRIMARY KEY,
    at text NOT NULL,
    actor text NOT NULL,
    act text NOT NULL,
    force text,
    subject_kind text,
    subject text,
    detail text NOT NULL,
    operation text NOT NULL,
    reason text,
    chain text NOT NULL,
    sequence bigint NOT NULL CHECK (sequence > 0),
    previous_hash text NOT NULL,
    hash text NOT NULL,
    UNIQUE (chain, sequence)
);
CREATE INDEX audit_entry_subject ON audit_entry (chain, subject_kind, subject, sequence);

-- The last entry of each chain.
CREATE TABLE audit_head (
    chain text NOT NULL PRIMARY KEY,
    sequence bigint NOT NULL,
    hash text NOT NULL
);

CREATE TRIGGER audit_entry_is_not_updated BEFORE UPDATE ON audit_entry BEGIN
    SELECT RAISE(ABORT, 'audit_entry is append-only: UPDATE is refused');
END;
CREATE TRIGGER audit_entry_is_not_deleted BEFORE DELETE ON audit_entry BEGIN
    SELECT RAISE(ABORT, 'audit_entry is append-only: DELETE is refused');
END;
-- INSERT OR REPLACE deletes without the trigger above.
CREATE TRIGGER audit_entry_is_not_replaced BEFORE INSERT ON audit_entry
WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM audit_entry WHERE chain = NEW.chain AND sequence = NEW.sequence)
BEGIN
    SELECT RAISE(ABORT, 'audit_entry is append-only: REPLACE is refused');
END;
