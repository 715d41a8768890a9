-- The keys of other forces that an administrator trusts: with them packages and receipts are verified.
CREATE TABLE transfer_key (
    id text PRIMARY KEY,
    force text NOT NULL,
    of_force text NOT NULL,
    public_key text NOT NULL,
    reason text NOT NULL,
    expires_on date NOT NULL,
    registered_at text NOT NULL,
    registered_by text NOT NULL,
    withdrawn_at text,
    withdrawn_by text,
    withdrawal_reason text
);
CREATE INDEX transfer_key_of_force ON transfer_key (force, of_force);

-- Transfers of cases to other forces, with the manifest of what was sent and the receipt that came for it.
CREATE TABLE transfer (
    id text PRIMARY KEY,
    force text NOT NULL,
    offender_ref text NOT NULL,
    receiving_force text NOT NULL,
    reason text NOT NULL,
    state text NOT NULL CHECK (state IN ('made', 'received', 'withdrawn')),
    made_at text NOT NULL,
    made_by text NOT NULL,
    manifest text NOT NULL,
    package_sha256 text NOT NULL,
    receipt text,
    ended_at text,
    ended_by text,
    withdrawal_reason text,
    version integer NOT NULL
);
CREATE INDEX transfer_offender ON transfer (force, offender_ref);

-- Cases received from other forces, with the receipt that was given.
CREATE TABLE received_transfer (
    force text NOT NULL,
    sending_force text NOT NULL,
    transfer_id text NOT NULL,
    offender_ref text NOT NULL,
    team_ref text NOT NULL,
    package_sha256 text NOT NULL,
    receipt text NOT NULL,
    received_at text NOT NULL,
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
    said text NOT NULL,
    PRIMARY KEY (source, event_id)
);

-- Packages as they were sent and received, byte for byte, in Base64.
CREATE TABLE transfer_package (
    force text NOT NULL,
    sending_force text NOT NULL,
    transfer_id text NOT NULL,
    content text NOT NULL,
    PRIMARY KEY (force, sending_force, transfer_id)
);

-- What was sent and received is evidence: appended, and nothing else.
CREATE TRIGGER received_transfer_is_not_updated BEFORE UPDATE ON received_transfer BEGIN
    SELECT RAISE(ABORT, 'received_transfer is append-only: UPDATE is refused');
END;
CREATE TRIGGER received_transfer_is_not_deleted BEFORE DELETE ON received_transfer BEGIN
    SELECT RAISE(ABORT, 'received_transfer is append-only: DELETE is refused');
END;
-- INSERT OR REPLACE deletes without the trigger above.
CREATE TRIGGER received_transfer_is_not_replaced BEFORE INSERT ON received_transfer
WHEN EXISTS (SELECT 1 FROM received_transfer WHERE force = NEW.force AND sending_force = NEW.sending_force AND transfer_id = NEW.transfer_id)
BEGIN
    SELECT RAISE(ABORT, 'received_transfer is append-only: REPLACE is refused');
END;
CREATE TRIGGER received_version_is_not_updated BEFORE UPDATE ON received_version BEGIN
    SELECT RAISE(ABORT, 'received_version is append-only: UPDATE is refused');
END;
CREATE TRIGGER received_version_is_not_deleted BEFORE DELETE ON received_version BEGIN
    SELECT RAISE(ABORT, 'received_version is append-only: DELETE is refused');
END;
-- INSERT OR REPLACE deletes without the trigger above.
CREATE TRIGGER received_version_is_not_replaced BEFORE INSERT ON received_version
WHEN EXISTS (SELECT 1 FROM received_version WHERE source = NEW.source AND event_id = NEW.event_id)
BEGIN
    SELECT RAISE(ABORT, 'received_version is append-only: REPLACE is refused');
END;
CREATE TRIGGER transfer_package_is_not_updated BEFORE UPDATE ON transfer_package BEGIN
    SELECT RAISE(ABORT, 'transfer_package is append-only: UPDATE is refused');
END;
CREATE TRIGGER transfer_package_is_not_deleted BEFORE DELETE ON transfer_package BEGIN
    SELECT RAISE(ABORT, 'transfer_package is append-only: DELETE is refused');
END;
-- INSERT OR REPLACE deletes without the trigger above.
CREATE TRIGGER transfer_package_is_not_replaced BEFORE INSERT ON transfer_package
WHEN EXISTS (SELECT 1 FROM transfer_package WHERE force = NEW.force AND sending_force = NEW.sending_force AND transfer_id = NEW.transfer_id)
BEGIN
    SELECT RAISE(ABORT, 'transfer_package is append-only: REPLACE is refused');
END;
