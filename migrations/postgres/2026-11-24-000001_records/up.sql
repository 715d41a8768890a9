-- Imports of the records feed, one row each.
CREATE TABLE import (
    id uuid PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('running', 'completed', 'failed')),
    origin text NOT NULL,
    actor text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    report jsonb
);

-- Every version of every record, appended and never overwritten: when it became true (event_time)
-- and when the service learned it (learned_at).
CREATE TABLE record_version (
    id uuid PRIMARY KEY,
    force text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    source text NOT NULL,
    event_id text NOT NULL,
    event_time timestamptz NOT NULL,
    withdrawn boolean NOT NULL,
    offender_ref text,
    content jsonb,
    import_id uuid NOT NULL REFERENCES import (id),
    learned_at timestamptz NOT NULL,
    UNIQUE (source, event_id)
);
CREATE INDEX record_version_subject ON record_version (force, kind, subject, event_time);

-- Names, addresses, dates of birth and free text, apart from the versions they belong to.
CREATE TABLE record_version_personal_data (
    version_id uuid PRIMARY KEY REFERENCES record_version (id),
    personal_data jsonb NOT NULL
);

-- The newest version of each record: a withdrawn record stays here as its tombstone.
CREATE TABLE current_record (
    force text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    version_id uuid NOT NULL REFERENCES record_version (id),
    event_id text NOT NULL,
    event_time timestamptz NOT NULL,
    withdrawn boolean NOT NULL,
    offender_ref text,
    PRIMARY KEY (force, kind, subject)
);
CREATE INDEX current_record_offender ON current_record (force, offender_ref);

-- Which record names which other.
CREATE TABLE record_reference (
    force text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    pointer text NOT NULL,
    to_kind text NOT NULL,
    to_ref text NOT NULL,
    PRIMARY KEY (force, kind, subject, pointer)
);

-- Who read or changed what.
CREATE TABLE audit_entry (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    act text NOT NULL,
    force text,
    subject_kind text,
    subject text,
    detail jsonb NOT NULL
);
