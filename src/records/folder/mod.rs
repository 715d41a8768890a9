//! A watched folder: for a records system that can only write files.
//!
//! The folder has `inbox`, `done` and `failed`, in one file system. A file is written elsewhere, or under a name that ends in `.part`, and renamed
//! into `inbox`. When the process dies between the import of a file and its move, the file is imported again: all of it counts as duplicates.

mod file;

use std::fs::{self, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use thiserror::Error;
use uuid::Uuid;

use self::file::{Refused, open};
use super::import::{ImportError, import_lines};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::import::ImportReport;
use crate::domain::calendar::Instant;
use crate::domain::exchange::{BROKEN_OFF, Channel};
use crate::store::Store;
use crate::store::audit::{self, AuditEntry};
use crate::store::error::StoreError;
use crate::store::exchange::{self, Ended};

/// The job that takes the files, as the audit names it.
const JOB: &str = "records_folder";

/// Where such an import comes from.
const ORIGIN: &str = "folder";

/// The files of a folder that are taken.
const ENDINGS: [&str; 2] = [".ndjson", ".ndjson.gz"];

/// A force's folder.
#[derive(Debug, Clone)]
pub struct WatchedFolder {
    /// The force whose records come, and of no other.
    pub force: String,
    /// Where it is.
    pub path: PathBuf,
    /// How long a file may be, unpacked, in bytes.
    pub most_bytes: u64,
}

/// What came of looking into a folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Files imported, whatever became of their events.
    pub done: u64,
    /// Files that could not be, or whose events were all refused.
    pub failed: u64,
}

/// A folder that cannot be worked with. No name of a file is repeated.
#[derive(Debug, Error)]
pub enum FolderError {
    /// It can be neither read nor written to.
    #[error("the watched folder can be neither read nor written to")]
    Folder(#[from] io::Error),
    /// The store failed. The file is still in `inbox`.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes the files of a folder, by their names, until there are no more or it is not to go on.
///
/// # Errors
/// When the folder cannot be worked with, or the store fails; files that were dealt with before stay so.
pub fn take(
    store: &Store,
    clock: Clock,
    folder: &WatchedFolder,
    goes_on: &dyn Fn() -> bool,
) -> Result<Taken, FolderError> {
    for part in ["inbox", "done", "failed"] {
        fs::create_dir_all(folder.path.join(part))?;
    }
    let mut taken = Taken::default();
    for path in waiting(&folder.path.join("inbox"))? {
        let outcome = deal_with(store, clock, folder, &path)?;
        put_away(folder, &path, &outcome)?;
        if outcome.is_done {
            taken.done += 1;
        } else {
            taken.failed += 1;
        }
        if !goes_on() {
            break;
        }
    }
    Ok(taken)
}

/// The files that wait, in the order of their names. What is still being written has another name; a name that begins with a full stop is nobody's
/// business.
fn waiting(inbox: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(inbox)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with('.') && ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// What became of a file.
struct Outcome {
    id: Uuid,
    is_done: bool,
    report: Value,
}

fn deal_with(store: &Store, clock: Clock, folder: &WatchedFolder, path: &Path) -> Result<Outcome, FolderError> {
    let began_at = clock.now();
    let actor = Actor::ForceJob { job: JOB, force: folder.force.clone() };
    let lines = match open(path, folder.most_bytes) {
        Ok(lines) => BufReader::new(lines.take(folder.most_bytes)),
        Err(refused) => return refuse(store, (clock, &actor), folder, refused, began_at),
    };
    match import_lines(store, clock, &actor, ORIGIN, lines, |_| {}) {
        Ok(report) => {
            let ImportReport { id, accepted, duplicates, stale, refused, .. } = report;
            let is_done = refused == 0 || accepted + duplicates + stale > 0;
            let report = serde_json::to_value(&report).map_err(io::Error::from)?;
            Ok(Outcome { id, is_done, report })
        }
        Err(ImportError::Feed { id, .. }) => {
            let detail =
                "the file could not be read to its end; what was taken is kept, and GET /v1/imports has the report";
            Ok(Outcome { id, is_done: false, report: json!({ "id": id, "code": BROKEN_OFF, "detail": detail }) })
        }
        Err(ImportError::Store(error)) => Err(error.into()),
    }
}

/// Puts on record that a file was refused, and why; its name is not repeated, for it may say anything.
fn refuse(
    store: &Store,
    (clock, actor): (Clock, &Actor),
    folder: &WatchedFolder,
    refused: Refused,
    began_at: Instant,
) -> Result<Outcome, FolderError> {
    let (id, code, ended_at) = (Uuid::now_v7(), refused.as_str(), clock.now());
    store.transaction_that_writes(|connection| -> Result<(), StoreError> {
        let entry = AuditEntry {
            at: ended_at,
            actor: &actor.to_string(),
            act: "records.folder",
            force: Some(&folder.force),
            subject: None,
            detail: json!({ "file": id, "refused": code }),
        };
        audit::append(connection, entry)?;
        let ended = Ended { channel: Channel::Folder, began_at, ended_at, outcome: code, events: 0 };
        exchange::note(connection, &folder.force, &ended)
    })?;
    Ok(Outcome { id, is_done: false, report: json!({ "id": id, "code": code, "detail": refused.detail() }) })
}

/// Writes the report beside where the file goes, then moves the file there: under a name of its own, so that none is ever written over.
fn put_away(folder: &WatchedFolder, path: &Path, outcome: &Outcome) -> io::Result<()> {
    let part = folder.path.join(if outcome.is_done { "done" } else { "failed" });
    let named = path.file_name().and_then(|name| name.to_str()).filter(|name| file::is_plain(name));
    let name = format!("{}-{}", outcome.id, named.unwrap_or("unnamed"));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut report = options.open(part.join(format!("{name}.json")))?;
    report.write_all(&serde_json::to_vec_pretty(&outcome.report).map_err(io::Error::from)?)?;
    report.sync_all()?;
    fs::rename(path, part.join(name))
}
