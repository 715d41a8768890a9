DROP TRIGGER audit_entry_append_only ON audit_entry;
DROP FUNCTION audit_entry_is_append_only();
INSERT INTO audit_entry_before_chain (id, at, actor, act, force, subject_kind, subject, detail)
    SELECT id, at, actor, act, force, subject_kind, subject, detail FROM audit_entry;
DROP TABLE audit_head;
DROP TABLE audit_entry;
ALTER TABLE audit_entry_before_chain RENAME TO audit_entry;
ALTER INDEX audit_entry_before_chain_pkey RENAME TO audit_entry_pkey;
