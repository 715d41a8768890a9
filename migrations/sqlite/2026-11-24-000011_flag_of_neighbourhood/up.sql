-- A neighbourhood in which offenders of several teams live has a flag for each of them.
DROP INDEX flag_holds_once;
CREATE UNIQUE INDEX flag_holds_once
    ON flag (force, code, subject, (CASE subject_kind WHEN 'neighbourhood' THEN coalesce(team_ref, '') ELSE '' END))
    WHERE cleared_at IS NULL;
