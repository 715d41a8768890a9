UPDATE flag SET cleared_at = changed_at WHERE subject_kind = 'neighbourhood' AND cleared_at IS NULL;
DROP INDEX flag_holds_once;
CREATE UNIQUE INDEX flag_holds_once ON flag (force, code, subject) WHERE cleared_at IS NULL;
