//! A watched folder: for a records system that can only write files.
//!
//! The folder has `inbox`, `taking`, `done` and `failed`, in one file system. A file is written elsewhere, or under a name that ends in `.part`,
//! and renamed into `inbox`. Whoever imports it renames it into `taking` first, under a name of its own: another that is put in under its name
//! meanwhile waits in `inbox`. What a process that died has left in `taking` is imported again: what it had taken of it counts as duplicates.

mod file;

use std::fs::{self, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use thiserror::Error;
use uuid::Uuid;

use self::file::{Refused, is_plain, open};
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

/// The bytes of the id and the hyphen before the name of a file that is being taken.
const ID_AND_HYPHEN: usize = 37;

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
    /// The store failed. The file is still in `taking`, and the next run takes it again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes the files of a folder until there are no more or it is not to go on: those that a process has left first, then those that wait, by their
/// names.
///
/// # Errors
/// When the folder cannot be worked with, or the store fails; files that were dealt with before stay so.
pub fn take(
    store: &Store,
    clock: Clock,
    folder: &WatchedFolder,
    goes_on: &dyn Fn() -> bool,
) -> Result<Taken, FolderError> {
    for part in ["inbox", "taking", "done", "failed"] {
        fs::create_dir_all(folder.path.join(part))?;
    }
    let mut taken = Taken::default();
    for found in left_behind(folder)?.into_iter().chain(waiting(folder)?) {
        let Some(file) = claim(folder, found)? else { continue };
        let outcome = deal_with(store, clock, folder, &file)?;
        put_away(folder, &file, &outcome)?;
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

/// A file, and the name that it was put in under: none where that has characters that it may not have.
struct Found {
    path: PathBuf,
    name: Option<String>,
}

/// The files that wait, in the order of their names. What is still being written has another name.
fn waiting(folder: &WatchedFolder) -> io::Result<Vec<Found>> {
    let names = names(&folder.path.join("inbox"))?.into_iter().filter(|(_, name)| ends_as_a_feed(name));
    Ok(names.map(|(path, name)| Found { path, name: Some(name).filter(|name| is_plain(name)) }).collect())
}

/// The files that a process had begun with and not put away, in the order in which it came to them.
fn left_behind(folder: &WatchedFolder) -> io::Result<Vec<Found>> {
    let put_in_as = |name: String| name.get(ID_AND_HYPHEN..).filter(|name| ends_as_a_feed(name)).map(str::to_owned);
    let names = names(&folder.path.join("taking"))?.into_iter();
    Ok(names.map(|(path, name)| Found { path, name: put_in_as(name).filter(|name| is_plain(name)) }).collect())
}

/// What is in a folder, in the order of the names; one that begins with a full stop is nobody's business.
fn names(folder: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            found.push((entry.path(), name));
        }
    }
    found.sort();
    Ok(found)
}

fn ends_as_a_feed(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// A name with an id before it, so that it is nobody else's.
fn named(id: Uuid, name: Option<&str>) -> String {
    format!("{id}-{}", name.unwrap_or("unnamed"))
}

/// Takes a file out of the reach of whoever puts in another under its name. None where it is gone: another process has taken it.
fn claim(folder: &WatchedFolder, found: Found) -> io::Result<Option<Found>> {
    let path = folder.path.join("taking").join(named(Uuid::now_v7(), found.name.as_deref()));
    match fs::rename(&found.path, &path) {
        Ok(()) => Ok(Some(Found { path, ..found })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What became of a file.
struct Outcome {
    id: Uuid,
    is_done: bool,
    report: Value,
}

fn deal_with(store: &Store, clock: Clock, folder: &WatchedFolder, file: &Found) -> Result<Outcome, FolderError> {
    let began_at = clock.now();
    let actor = Actor::ForceJob { job: JOB, force: folder.force.clone() };
    let opened = file.name.as_ref().ok_or(Refused::Name).and_then(|name| open(&file.path, name, folder.most_bytes));
    let lines = match opened {
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

/// Writes the report beside where the file goes, then moves the file there: under a name of its own, so that none is ever written over. Where
/// another process, which held this one to be dead, has put the file away already, its report stands.
fn put_away(folder: &WatchedFolder, file: &Found, outcome: &Outcome) -> io::Result<()> {
    let part = folder.path.join(if outcome.is_done { "done" } else { "failed" });
    let name = named(outcome.id, file.name.as_deref());
    let beside = part.join(format!("{name}.json"));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut report = options.open(&beside)?;
    report.write_all(&serde_json::to_vec_pretty(&outcome.report).map_err(io::Error::from)?)?;
    report.sync_all()?;
    match fs::rename(&file.path, part.join(name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::remove_file(beside),
        moved => moved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_process_has_put_away_leaves_no_second_report() {
        let path = std::env::temp_dir().join(format!("mosovo-visits-{}", Uuid::now_v7()));
        fs::create_dir_all(path.join("done")).unwrap();
        let folder = WatchedFolder { force: "wessex".to_owned(), path: path.clone(), most_bytes: 1 };
        let file = Found { path: path.join("gone"), name: Some("a.ndjson".to_owned()) };
        let outcome = Outcome { id: Uuid::now_v7(), is_done: true, report: json!({}) };
        put_away(&folder, &file, &outcome).unwrap();
        assert_eq!(fs::read_dir(path.join("done")).unwrap().count(), 0);
        fs::remove_dir_all(&path).unwrap();
    }
}
