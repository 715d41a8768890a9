-- Holds in force on cases. While a case has one, nothing of its history is changed or taken out, whoever asks: new
-- versions and entries are appended as ever.
CREATE TABLE legal_hold (
    force text NOT NULL,
    hold_ref text NOT NULL,
    offender_ref text NOT NULL,
    PRIMARY KEY (force, hold_ref)
);
CREATE INDEX legal_hold_offender ON legal_hold (force, offender_ref);

-- The records that were ever about somebody whose case is held: a withdrawal says of nobody whom it was about.
CREATE VIEW record_on_legal_hold AS
    SELECT record_version.force, record_version.kind, record_version.subject FROM legal_hold
        JOIN record_version ON record_version.force = legal_hold.force AND record_version.offender_ref = legal_hold.offender_ref
    UNION
    SELECT own_entry.force, own_entry.kind, own_entry.subject FROM legal_hold
        JOIN own_entry ON own_entry.force = legal_hold.force AND own_entry.offender_ref = legal_hold.offender_ref;

-- Their versions and the entries on them.
CREATE VIEW history_on_legal_hold AS
    SELECT record_version.id FROM record_on_legal_hold AS held
        JOIN record_version ON record_version.force = held.force AND record_version.kind = held.kind
            AND record_version.subject = held.subject
    UNION
    SELECT own_entry.id FROM record_on_legal_hold AS held
        JOIN own_entry ON own_entry.force = held.force AND own_entry.kind = held.kind AND own_entry.subject = held.subject;

CREATE TRIGGER record_version_on_legal_hold_is_not_updated BEFORE UPDATE ON record_version
WHEN EXISTS (SELECT 1 FROM history_on_legal_hold WHERE id = OLD.id)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: UPDATE of record_version is refused');
END;
CREATE TRIGGER record_version_on_legal_hold_is_not_deleted BEFORE DELETE ON record_version
WHEN EXISTS (SELECT 1 FROM history_on_legal_hold WHERE id = OLD.id)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: DELETE of record_version is refused');
END;

CREATE TRIGGER record_version_personal_data_on_legal_hold_is_not_updated BEFORE UPDATE ON record_version_personal_data
WHEN EXISTS (SELECT 1 FROM history_on_legal_hold WHERE id = OLD.version_id)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: UPDATE of record_version_personal_data is refused');
END;
CREATE TRIGGER record_version_personal_data_on_legal_hold_is_not_deleted BEFORE DELETE ON record_version_personal_data
WHEN EXISTS (SELECT 1 FROM history_on_legal_hold WHERE id = OLD.version_id)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: DELETE of record_version_personal_data is refused');
END;

CREATE TRIGGER own_entry_on_legal_hold_is_not_updated BEFORE UPDATE ON own_entry
WHEN EXISTS (SELECT 1 FROM history_on_legal_hold WHERE id = OLD.id)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: UPDATE of own_entry is refused');
END;
CREATE TRIGGER own_entry_on_legal_hold_is_not_deleted BEFORE DELETE ON own_entry
WHEN EXISTS (SELECT 1 FROM history_on_legal_hold WHERE id = OLD.id)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: DELETE of own_entry is refused');
END;

CREATE TRIGGER own_entry_personal_data_on_legal_hold_is_not_updated BEFORE UPDATE ON own_entry_personal_data
WHEN EXISTS (SELECT 1 FROM history_on_legal_hold WHERE id = OLD.entry_id)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: UPDATE of own_entry_personal_data is refused');
END;
CREATE TRIGGER own_entry_personal_data_on_legal_hold_is_not_deleted BEFORE DELETE ON own_entry_personal_data
WHEN EXISTS (SELECT 1 FROM history_on_legal_hold WHERE id = OLD.entry_id)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: DELETE of own_entry_personal_data is refused');
END;

-- INSERT OR REPLACE deletes without the triggers above.
CREATE TRIGGER record_version_on_legal_hold_is_not_replaced BEFORE INSERT ON record_version
WHEN EXISTS (SELECT 1 FROM record_version WHERE id = NEW.id)
    AND EXISTS (SELECT 1 FROM history_on_legal_hold WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: REPLACE of record_version is refused');
END;
CREATE TRIGGER record_version_personal_data_on_legal_hold_is_not_replaced BEFORE INSERT ON record_version_personal_data
WHEN EXISTS (SELECT 1 FROM record_version_personal_data WHERE version_id = NEW.version_id)
    AND EXISTS (SELECT 1 FROM history_on_legal_hold WHERE id = NEW.version_id)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: REPLACE of record_version_personal_data is refused');
END;
CREATE TRIGGER own_entry_on_legal_hold_is_not_replaced BEFORE INSERT ON own_entry
WHEN EXISTS (SELECT 1 FROM own_entry WHERE id = NEW.id)
    AND EXISTS (SELECT 1 FROM history_on_legal_hold WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: REPLACE of own_entry is refused');
END;
CREATE TRIGGER own_entry_personal_data_on_legal_hold_is_not_replaced BEFORE INSERT ON own_entry_personal_data
WHEN EXISTS (SELECT 1 FROM own_entry_personal_data WHERE entry_id = NEW.entry_id)
    AND EXISTS (SELECT 1 FROM history_on_legal_hold WHERE id = NEW.entry_id)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: REPLACE of own_entry_personal_data is refused');
END;

-- Flags and planned visits change while they hold; what is said of a case whose record is held is not taken out.
CREATE TRIGGER flag_on_legal_hold_is_not_deleted BEFORE DELETE ON flag
WHEN EXISTS (SELECT 1 FROM legal_hold WHERE force = OLD.force AND offender_ref = OLD.offender_ref)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: DELETE of flag is refused');
END;
CREATE TRIGGER planned_visit_on_legal_hold_is_not_deleted BEFORE DELETE ON planned_visit
WHEN EXISTS (SELECT 1 FROM legal_hold WHERE force = OLD.force AND offender_ref = OLD.offender_ref)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: DELETE of planned_visit is refused');
END;
CREATE TRIGGER flag_acknowledgement_on_legal_hold_is_not_updated BEFORE UPDATE ON flag_acknowledgement
WHEN EXISTS (
    SELECT 1 FROM flag JOIN legal_hold ON legal_hold.force = flag.force AND legal_hold.offender_ref = flag.offender_ref
    WHERE flag.id = OLD.flag_id
)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: UPDATE of flag_acknowledgement is refused');
END;
CREATE TRIGGER flag_acknowledgement_on_legal_hold_is_not_deleted BEFORE DELETE ON flag_acknowledgement
WHEN EXISTS (
    SELECT 1 FROM flag JOIN legal_hold ON legal_hold.force = flag.force AND legal_hold.offender_ref = flag.offender_ref
    WHERE flag.id = OLD.flag_id
)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: DELETE of flag_acknowledgement is refused');
END;

-- A hold ends with its release, entered by somebody, and not otherwise.
CREATE TRIGGER legal_hold_is_not_updated BEFORE UPDATE ON legal_hold
WHEN 1
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: UPDATE of legal_hold is refused');
END;
CREATE TRIGGER legal_hold_is_not_deleted_until_released BEFORE DELETE ON legal_hold
WHEN NOT EXISTS (
    SELECT 1 FROM own_entry WHERE own_entry.force = OLD.force AND own_entry.kind = 'legal_hold'
        AND own_entry.subject = OLD.hold_ref AND json_extract(own_entry.content, '$.release.released_by') IS NOT NULL
)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: DELETE of legal_hold is refused');
END;
CREATE TRIGGER legal_hold_is_not_replaced BEFORE INSERT ON legal_hold
WHEN EXISTS (SELECT 1 FROM legal_hold WHERE force = NEW.force AND hold_ref = NEW.hold_ref)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: REPLACE of legal_hold is refused');
END;
