CREATE OR REPLACE FUNCTION keep_case_on_legal_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM legal_hold WHERE force = OLD.force AND offender_ref = OLD.offender_ref) THEN
        RAISE EXCEPTION 'the case is on legal hold: % of % is refused', TG_OP, TG_TABLE_NAME;
    END IF;
    RETURN OLD;
END
$$;

CREATE OR REPLACE FUNCTION keep_acknowledgement_on_legal_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM flag JOIN legal_hold ON legal_hold.force = flag.force AND legal_hold.offender_ref = flag.offender_ref
        WHERE flag.id = OLD.flag_id
    ) THEN
        RAISE EXCEPTION 'the case is on legal hold: % of % is refused', TG_OP, TG_TABLE_NAME;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE OR REPLACE VIEW record_on_legal_hold AS
    SELECT record_version.force, record_version.kind, record_version.subject FROM legal_hold
        JOIN record_version ON record_version.force = legal_hold.force AND record_version.offender_ref = legal_hold.offender_ref
    UNION
    SELECT own_entry.force, own_entry.kind, own_entry.subject FROM legal_hold
        JOIN own_entry ON own_entry.force = legal_hold.force AND own_entry.offender_ref = legal_hold.offender_ref;
DROP VIEW offender_on_legal_hold;
DROP TABLE offender_merge;
