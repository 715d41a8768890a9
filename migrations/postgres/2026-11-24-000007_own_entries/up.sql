-- What people enter here about a record, appended and never overwritten: the members claimed so far, and for each the
-- digest of what the records system said of it then. `whole`: the record was made here.
CREATE TABLE own_entry (
    id uuid PRIMARY KEY,
    force text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    offender_ref text,
    whole boolean NOT NULL,
    withdrawn boolean NOT NULL,
    content jsonb NOT NULL,
    claimed_over jsonb NOT NULL,
    act text NOT NULL,
    entered_at timestamptz NOT NULL,
    entered_by text NOT NULL
);
CREATE INDEX own_entry_subject ON own_entry (force, kind, subject, entered_at);
CREATE INDEX own_entry_offender ON own_entry (force, offender_ref);

CREATE TABLE own_entry_personal_data (
    entry_id uuid PRIMARY KEY REFERENCES own_entry (id),
    personal_data jsonb NOT NULL
);

-- A record stands on what the feed said newest, on what was claimed here last, or on both.
ALTER TABLE current_record ALTER COLUMN version_id DROP NOT NULL;
ALTER TABLE current_record ALTER COLUMN event_id DROP NOT NULL;
ALTER TABLE current_record ALTER COLUMN event_time DROP NOT NULL;
ALTER TABLE current_record ADD COLUMN own_entry_id uuid REFERENCES own_entry (id);
CREATE INDEX current_record_own ON current_record (force) WHERE own_entry_id IS NOT NULL;

-- Limited-access cases: the officers who alone may see a case (`only`), and those who may not (`except`).
CREATE TABLE limited_access (
    force text NOT NULL,
    offender_ref text NOT NULL,
    officer_ref text NOT NULL,
    rule text NOT NULL CHECK (rule IN ('only', 'except')),
    PRIMARY KEY (force, offender_ref, officer_ref, rule)
);

-- Acts that create, so that the same request sent twice is carried out once.
CREATE TABLE idempotency_key (
    force text NOT NULL,
    actor text NOT NULL,
    key text NOT NULL,
    request_digest text NOT NULL,
    act text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    carried_out_at timestamptz NOT NULL,
    PRIMARY KEY (force, actor, key)
);
