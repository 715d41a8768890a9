-- Where the records system and this service did not hold the same when they were last compared: one row a record that differs, with since when
-- it is known to; gone once it differs no more.
CREATE TABLE drift (
    force text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    difference text NOT NULL CHECK (difference IN ('only_there', 'only_here', 'differs')),
    there_time timestamptz,
    here_time timestamptz,
    since timestamptz NOT NULL,
    PRIMARY KEY (force, kind, subject)
);

-- When each kind of record was last compared.
CREATE TABLE drift_check (
    force text NOT NULL,
    kind text NOT NULL,
    checked_at timestamptz NOT NULL,
    PRIMARY KEY (force, kind)
);
