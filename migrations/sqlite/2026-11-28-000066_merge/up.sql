-- Under which offender the case of each merged one goes on: what the merges that stand come to, worked out anew whenever one of
-- them, or an offender's record, changes.
CREATE TABLE offender_merge (
    force text NOT NULL,
    merged_ref text NOT NULL,
    home_ref text NOT NULL,
    PRIMARY KEY (force, merged_ref)
);
CREATE INDEX offender_merge_home ON offender_merge (force, home_ref);

-- Whose record is held: everybody of a case of whom one is.
CREATE VIEW offender_on_legal_hold AS
    SELECT force, offender_ref FROM legal_hold
    UNION
    SELECT offender_merge.force, offender_merge.merged_ref FROM legal_hold
        JOIN offender_merge ON offender_merge.force = legal_hold.force AND offender_merge.home_ref = legal_hold.offender_ref
    UNION
    SELECT offender_merge.force, offender_merge.home_ref FROM legal_hold
        JOIN offender_merge ON offender_merge.force = legal_hold.force AND offender_merge.merged_ref = legal_hold.offender_ref
    UNION
    SELECT other.force, other.merged_ref FROM legal_hold
        JOIN offender_merge ON offender_merge.force = legal_hold.force AND offender_merge.merged_ref = legal_hold.offender_ref
        JOIN offender_merge AS other ON other.force = offender_merge.force AND other.home_ref = offender_merge.home_ref;

DROP VIEW record_on_legal_hold;
CREATE VIEW record_on_legal_hold AS
    SELECT record_version.force, record_version.kind, record_version.subject FROM offender_on_legal_hold AS held
        JOIN record_version ON record_version.force = held.force AND record_version.offender_ref = held.offender_ref
    UNION
    SELECT own_entry.force, own_entry.kind, own_entry.subject FROM offender_on_legal_hold AS held
        JOIN own_entry ON own_entry.force = held.force AND own_entry.offender_ref = held.offender_ref;

DROP TRIGGER flag_on_legal_hold_is_not_deleted;
CREATE TRIGGER flag_on_legal_hold_is_not_deleted BEFORE DELETE ON flag
WHEN EXISTS (SELECT 1 FROM offender_on_legal_hold WHERE force = OLD.force AND offender_ref = OLD.offender_ref)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: DELETE of flag is refused');
END;
DROP TRIGGER planned_visit_on_legal_hold_is_not_deleted;
CREATE TRIGGER planned_visit_on_legal_hold_is_not_deleted BEFORE DELETE ON planned_visit
WHEN EXISTS (SELECT 1 FROM offender_on_legal_hold WHERE force = OLD.force AND offender_ref = OLD.offender_ref)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: DELETE of planned_visit is refused');
END;
DROP TRIGGER flag_acknowledgement_on_legal_hold_is_not_updated;
CREATE TRIGGER flag_acknowledgement_on_legal_hold_is_not_updated BEFORE UPDATE ON flag_acknowledgement
WHEN EXISTS (
    SELECT 1 FROM flag JOIN offender_on_legal_hold AS held
        ON held.force = flag.force AND held.offender_ref = flag.offender_ref
    WHERE flag.id = OLD.flag_id
)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: UPDATE of flag_acknowledgement is refused');
END;
DROP TRIGGER flag_acknowledgement_on_legal_hold_is_not_deleted;
CREATE TRIGGER flag_acknowledgement_on_legal_hold_is_not_deleted BEFORE DELETE ON flag_acknowledgement
WHEN EXISTS (
    SELECT 1 FROM flag JOIN offender_on_legal_hold AS held
        ON held.force = flag.force AND held.offender_ref = flag.offender_ref
    WHERE flag.id = OLD.flag_id
)
BEGIN
    SELECT RAISE(ABORT, 'the case is on legal hold: DELETE of flag_acknowledgement is refused');
END;
