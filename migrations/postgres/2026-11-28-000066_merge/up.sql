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

CREATE OR REPLACE VIEW record_on_legal_hold AS
    SELECT record_version.force, record_version.kind, record_version.subject FROM offender_on_legal_hold AS held
        JOIN record_version ON record_version.force = held.force AND record_version.offender_ref = held.offender_ref
    UNION
    SELECT own_entry.force, own_entry.kind, own_entry.subject FROM offender_on_legal_hold AS held
        JOIN own_entry ON own_entry.force = held.force AND own_entry.offender_ref = held.offender_ref;

CREATE OR REPLACE FUNCTION keep_case_on_legal_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM offender_on_legal_hold WHERE force = OLD.force AND offender_ref = OLD.offender_ref) THEN
        RAISE EXCEPTION 'the case is on legal hold: % of % is refused', TG_OP, TG_TABLE_NAME;
    END IF;
    RETURN OLD;
END
$$;

CREATE OR REPLACE FUNCTION keep_acknowledgement_on_legal_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM flag JOIN offender_on_legal_hold AS held
            ON held.force = flag.force AND held.offender_ref = flag.offender_ref
        WHERE flag.id = OLD.flag_id
    ) THEN
        RAISE EXCEPTION 'the case is on legal hold: % of % is refused', TG_OP, TG_TABLE_NAME;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
