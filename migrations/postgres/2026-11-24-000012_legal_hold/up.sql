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

-- The trigger's argument: the column with the id of the version or entry.
CREATE FUNCTION keep_history_on_legal_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM history_on_legal_hold WHERE id = (to_jsonb(OLD) ->> TG_ARGV[0])::uuid) THEN
        RAISE EXCEPTION 'the case is on legal hold: % of % is refused', TG_OP, TG_TABLE_NAME;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER record_version_on_legal_hold BEFORE UPDATE OR DELETE ON record_version
    FOR EACH ROW EXECUTE FUNCTION keep_history_on_legal_hold('id');
CREATE TRIGGER record_version_personal_data_on_legal_hold BEFORE UPDATE OR DELETE ON record_version_personal_data
    FOR EACH ROW EXECUTE FUNCTION keep_history_on_legal_hold('version_id');
CREATE TRIGGER own_entry_on_legal_hold BEFORE UPDATE OR DELETE ON own_entry
    FOR EACH ROW EXECUTE FUNCTION keep_history_on_legal_hold('id');
CREATE TRIGGER own_entry_personal_data_on_legal_hold BEFORE UPDATE OR DELETE ON own_entry_personal_data
    FOR EACH ROW EXECUTE FUNCTION keep_history_on_legal_hold('entry_id');

-- Flags and planned visits change while they hold; what is said of a case whose record is held is not taken out.
CREATE FUNCTION keep_case_on_legal_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM legal_hold WHERE force = OLD.force AND offender_ref = OLD.offender_ref) THEN
        RAISE EXCEPTION 'the case is on legal hold: % of % is refused', TG_OP, TG_TABLE_NAME;
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER flag_on_legal_hold BEFORE DELETE ON flag
    FOR EACH ROW EXECUTE FUNCTION keep_case_on_legal_hold();
CREATE TRIGGER planned_visit_on_legal_hold BEFORE DELETE ON planned_visit
    FOR EACH ROW EXECUTE FUNCTION keep_case_on_legal_hold();

CREATE FUNCTION keep_acknowledgement_on_legal_hold() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER flag_acknowledgement_on_legal_hold BEFORE UPDATE OR DELETE ON flag_acknowledgement
    FOR EACH ROW EXECUTE FUNCTION keep_acknowledgement_on_legal_hold();

CREATE FUNCTION keep_table_with_legal_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM legal_hold) THEN
        RAISE EXCEPTION 'a case is on legal hold: % of % is refused', TG_OP, TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER record_version_with_legal_holds BEFORE TRUNCATE ON record_version
    FOR EACH STATEMENT EXECUTE FUNCTION keep_table_with_legal_holds();
CREATE TRIGGER record_version_personal_data_with_legal_holds BEFORE TRUNCATE ON record_version_personal_data
    FOR EACH STATEMENT EXECUTE FUNCTION keep_table_with_legal_holds();
CREATE TRIGGER own_entry_with_legal_holds BEFORE TRUNCATE ON own_entry
    FOR EACH STATEMENT EXECUTE FUNCTION keep_table_with_legal_holds();
CREATE TRIGGER own_entry_personal_data_with_legal_holds BEFORE TRUNCATE ON own_entry_personal_data
    FOR EACH STATEMENT EXECUTE FUNCTION keep_table_with_legal_holds();
CREATE TRIGGER flag_with_legal_holds BEFORE TRUNCATE ON flag
    FOR EACH STATEMENT EXECUTE FUNCTION keep_table_with_legal_holds();
CREATE TRIGGER flag_acknowledgement_with_legal_holds BEFORE TRUNCATE ON flag_acknowledgement
    FOR EACH STATEMENT EXECUTE FUNCTION keep_table_with_legal_holds();
CREATE TRIGGER planned_visit_with_legal_holds BEFORE TRUNCATE ON planned_visit
    FOR EACH STATEMENT EXECUTE FUNCTION keep_table_with_legal_holds();
CREATE TRIGGER legal_hold_with_legal_holds BEFORE TRUNCATE ON legal_hold
    FOR EACH STATEMENT EXECUTE FUNCTION keep_table_with_legal_holds();

-- A hold ends with its release, entered by somebody, and not otherwise.
CREATE FUNCTION keep_legal_hold_until_released() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM own_entry WHERE own_entry.force = OLD.force AND own_entry.kind = 'legal_hold'
            AND own_entry.subject = OLD.hold_ref AND own_entry.content #>> '{release,released_by}' IS NOT NULL
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the case is on legal hold: % of % is refused', TG_OP, TG_TABLE_NAME;
END
$$;
CREATE TRIGGER legal_hold_until_released BEFORE UPDATE OR DELETE ON legal_hold
    FOR EACH ROW EXECUTE FUNCTION keep_legal_hold_until_released();
