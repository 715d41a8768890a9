//! The tables of the records system.

/// Made where they are not there. Nothing that it has said it knows is lost to a power cut.
pub const TABLES: &str = "
    PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS event (place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS record (type TEXT NOT NULL, subject TEXT NOT NULL, time BIGINT NOT NULL, id TEXT NOT NULL, data TEXT,
        digest TEXT NOT NULL, PRIMARY KEY (type, subject));
    CREATE TABLE IF NOT EXISTS told (id TEXT PRIMARY KEY, sequence BIGINT NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL,
        reference TEXT NOT NULL, href TEXT NOT NULL, dealt_with BOOLEAN NOT NULL);
    CREATE INDEX IF NOT EXISTS told_subject ON told (subject, sequence);
    CREATE INDEX IF NOT EXISTS told_waiting ON told (dealt_with, sequence);
    CREATE TABLE IF NOT EXISTS tally (name TEXT PRIMARY KEY, number BIGINT NOT NULL);
";

diesel::table! {
    /// What it tells, in the order in which it came to be.
    event (place) {
        place -> BigInt,
        id -> Text,
        body -> Text,
    }
}

diesel::table! {
    /// The newest of each record; without data where it was withdrawn.
    record (kind, subject) {
        #[sql_name = "type"]
        kind -> Text,
        subject -> Text,
        time -> BigInt,
        id -> Text,
        data -> Nullable<Text>,
        digest -> Text,
    }
}

diesel::table! {
    /// What the service told by webhook.
    told (id) {
        id -> Text,
        sequence -> BigInt,
        subject -> Text,
        kind -> Text,
        reference -> Text,
        href -> Text,
        dealt_with -> Bool,
    }
}

diesel::table! {
    /// Numbers that go up.
    tally (name) {
        name -> Text,
        number -> BigInt,
    }
}
