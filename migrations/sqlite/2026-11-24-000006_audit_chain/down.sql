DROP TRIGGER audit_entry_is_not_updated;
DROP TRIGGER audit_entry_is_not_deleted;
DROP TRIGGER audit_entry_is_not_replaced;
INSERT INTO audit_entry_before_chain (id, at, actor, act, force, subject_kind, subject, detail)
    SELECT id, at, actor, act, force, subject_kind, subject, detail FROM audit_entry;
DROP TABLE audit_head;
DROP TABLE audit_entry;
ALTER TABLE audit_entry_before_chain RENAME TO audit_entry;
