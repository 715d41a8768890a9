DROP TRIGGER flag_on_legal_hold_is_not_deleted;
CREATE TRIGGER flag_on_legal_hold_is_not_deleted BEFORE DELETE ON flag
WHEN EXISTS (SELECT 1 FROM legal_hold WHERE force = OLD.force AND offender_ref = OLD.offender_ref)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: DELETE of flag is refused');
END;
DROP TRIGGER planned_visit_on_legal_hold_is_not_deleted;
CREATE TRIGGER planned_visit_on_legal_hold_is_not_deleted BEFORE DELETE ON planned_visit
WHEN EXISTS (SELECT 1 FROM legal_hold WHERE force = OLD.force AND offender_ref = OLD.offender_ref)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: DELETE of planned_visit is refused');
END;
DROP TRIGGER flag_acknowledgement_on_legal_hold_is_not_updated;
CREATE TRIGGER flag_acknowledgement_on_legal_hold_is_not_updated BEFORE UPDATE ON flag_acknowledgement
WHEN EXISTS (
    SELECT 1 FROM flag JOIN legal_hold ON legal_hold.force = flag.force AND legal_hold.offender_ref = flag.offender_ref
    WHERE flag.id = OLD.flag_id
)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: UPDATE of flag_acknowledgement is refused');
END;
DROP TRIGGER flag_acknowledgement_on_legal_hold_is_not_deleted;
CREATE TRIGGER flag_acknowledgement_on_legal_hold_is_not_deleted BEFORE DELETE ON flag_acknowledgement
WHEN EXISTS (
    SELECT 1 FROM flag JOIN legal_hold ON legal_hold.force = flag.force AND legal_hold.offender_ref = flag.offender_ref
    WHERE flag.id = OLD.flag_id
)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: DELETE of flag_acknowledgement is refused');
END;

DROP VIEW record_on_legal_hold;
CREATE VIEW record_on_legal_hold AS
    SELECT record_version.force, record_version.kind, record_version.subject FROM legal_hold
        JOIN record_version ON record_version.force = legal_hold.force AND record_version.offender_ref = legal_hold.offender_ref
    UNION
    SELECT own_entry.force, own_entry.kind, own_entry.subject FROM legal_hold
        JOIN own_entry ON own_entry.force = legal_hold.force AND own_entry.offender_ref = legal_hold.offender_ref;
DROP VIEW offender_on_legal_hold;
DROP TABLE offender_merge;
