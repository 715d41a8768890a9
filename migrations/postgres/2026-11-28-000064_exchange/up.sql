-- The last exchange with each force's records system by each channel, and when one last succeeded: how old what is held may be.
CREATE TABLE exchange (
    force text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('push', 'pull', 'folder', 'extract', 'command_line')),
    began_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    outcome text NOT NULL,
    events bigint,
    last_success_at timestamptz,
    PRIMARY KEY (force, channel)
);

-- What was taken in before exchanges were noted, as far as it was read to its end.
INSERT INTO exchange (force, channel, began_at, ended_at, outcome, last_success_at)
SELECT force, 'push', max(started_at), max(ended_at), 'succeeded', max(ended_at)
FROM import
WHERE force IS NOT NULL AND state = 'completed' AND ended_at IS NOT NULL
GROUP BY force;

INSERT INTO exchange (force, channel, began_at, ended_at, outcome, last_success_at)
SELECT sent.force, 'command_line', max(import.started_at), max(import.ended_at), 'succeeded', max(import.ended_at)
FROM import
INNER JOIN (SELECT DISTINCT import_id, force FROM record_version) AS sent ON sent.import_id = import.id
WHERE import.force IS NULL AND import.state = 'completed' AND import.ended_at IS NOT NULL
GROUP BY sent.force;

-- How far each force's feed was pulled: the cursor moves in the transaction of the events that came before it.
CREATE TABLE pull_place (
    force text PRIMARY KEY,
    cursor text,
    failures integer NOT NULL,
    not_before timestamptz
);

-- How old the records were that a proposal is made from; not known of those asked for before.
ALTER TABLE schedule_proposal ADD COLUMN records_as_of timestamptz;
