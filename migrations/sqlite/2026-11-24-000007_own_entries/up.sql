-- What people enter here about a record, appended and never overwritten: the members claimed so far, and for each the
-- digest of what the records system said of it then. `whole`: the record was made here.
CREATE TABLE own_entry (
    id text PRIMARY KEY,
    force text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    offender_ref text,
    whole boolean NOT NULL,
    withdrawn boolean NOT NULL,
    content text NOT NULL,
    claimed_over text NOT NULL,
    act text NOT NULL,
    entered_at text NOT NULL,
    entered_by text NOT NULL
);
CREATE INDEX own_entry_subject ON own_entry (force, kind, subject, entered_at);
CREATE INDEX own_entry_offender ON own_entry (force, offender_ref);

CREATE TABLE own_entry_personal_data (
    entry_id text PRIMARY KEY REFERENCES own_entry (id),
    personal_data text NOT NULL
);

-- A record stands on what the feed said newest, on what was claimed here last, or on both.
CREATE TABLE current_record_with_own (
    force text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    version_id text REFERENCES record_version (id),
    event_id text,
    event_time text,
    withdrawn boolean NOT NULL,
    offender_ref text,
    team_ref text,
    own_entry_id text REFERENCES own_entry (id),
    PRIMARY KEY (force, kind, subject)
);
INSERT INTO current_record_with_own
    SELECT force, kind, subject, version_id, event_id, event_time, withdrawn, offender_ref, team_ref, NULL FROM current_record;
DROP TABLE current_record;
ALTER TABLE current_record_with_own RENAME TO current_record;
CREATE INDEX current_record_offender ON current_record (force, offender_ref);
CREATE INDEX current_record_team ON current_record (force, kind, team_ref, subject);
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
    carried_out_at text NOT NULL,
    PRIMARY KEY (force, actor, key)
);
