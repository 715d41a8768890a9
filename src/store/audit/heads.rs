//! The signed heads, kept in files outside the database: the latest of each chain, and of each hour one
//! that stays. A head is only signed once its chain has been followed from the head signed before: who
//! rewrites the past does not get it signed with the next entry.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use thiserror::Error;

use super::chain::{self, ChainEnd, Place};
use super::encoding::BEFORE_THE_FIRST;
use super::head::{HeadKey, PublicHeadKey, SignedHead};
use crate::domain::calendar::Instant;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;

/// The file with the latest head of each chain, a line each.
pub const LATEST: &str = "heads.ndjson";

/// The file with the heads that stay, a line each, oldest first.
pub const OLDER: &str = "heads-log.ndjson";

/// Held by whoever reads and replaces the heads.
const LOCK: &str = "lock";

/// Entries read at a time.
const PAGE: i64 = 500;

/// Why a head was not signed or not written.
#[derive(Debug, Error)]
pub enum HeadsError {
    /// A file cannot be read or written.
    #[error("the audit's heads cannot be written: {0}")]
    File(#[from] io::Error),
    /// A line is no head that this key signed.
    #[error("{file} has a line that is no head signed with this key")]
    Forged {
        /// Which file.
        file: &'static str,
    },
    /// The database has fewer entries than were signed for.
    #[error("the audit chain {chain} ends at {has}, and was signed for up to {signed}: entries are missing")]
    CutShort {
        /// The chain.
        chain: String,
        /// How many there are.
        has: i64,
        /// How many there were.
        signed: i64,
    },
    /// What comes after the last signed head does not follow from it.
    #[error("entry {sequence} of the audit chain {chain} does not follow from what was signed before it")]
    DoesNotFollow {
        /// The chain.
        chain: String,
        /// The first entry that does not.
        sequence: i64,
    },
    /// The database cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The signed heads of a database, and the key that signs them.
pub struct Heads {
    directory: PathBuf,
    key: HeadKey,
    now: Box<dyn Fn() -> Instant + Send + Sync>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The latest heads, as this process last read or wrote them.
    latest: BTreeMap<String, SignedHead>,
    /// The file that they came from, byte for byte.
    text: String,
    /// When a head of the chain last went to those that stay.
    stayed_at: Option<BTreeMap<String, Instant>>,
    /// What went wrong the last time.
    failure: Option<String>,
}

impl Heads {
    /// The heads in a directory, which is made where there is none, for its owner alone.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(
        directory: PathBuf,
        key: HeadKey,
        now: impl Fn() -> Instant + Send + Sync + 'static,
    ) -> io::Result<Self> {
        make_for_its_owner_alone(&directory)?;
        Ok(Self { directory, key, now: Box::new(now), state: Mutex::default() })
    }

    /// The key that signs them.
    #[must_use]
    pub const fn key(&self) -> &HeadKey {
        &self.key
    }

    /// The heads as they stand, with the key that checks them.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn read(&self) -> io::Result<(HeadFiles, PublicHeadKey)> {
        Ok((HeadFiles::read(&self.directory)?, self.key.public()))
    }

    /// What went wrong when heads were last signed; nothing while all is well.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.state().failure.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signs and writes the heads of the chains that have grown. What goes wrong is logged and kept to be
    /// shown: the acts stand, and their heads are tried again with the next.
    pub fn publish(&self, connection: &mut AnyConnection) {
        let mut state = self.state();
        let failure = self.try_to_publish(connection, &mut state).err().map(|error| error.to_string());
        if let Some(failure) = failure.as_ref().filter(|failure| state.failure.as_ref() != Some(*failure)) {
            tracing::error!(%failure, "the audit's heads are not up to date");
        }
        state.failure = failure;
    }

    fn try_to_publish(&self, connection: &mut AnyConnection, state: &mut State) -> Result<(), HeadsError> {
        let is_signed = |state: &State, end: &ChainEnd| {
            let known = state.latest.get(&end.chain);
            known.is_some_and(|head| (head.sequence, &head.hash) == (end.sequence, &end.hash))
        };
        let ends = chain::ends(connection)?;
        if ends.iter().all(|end| is_signed(state, end)) && ends.len() >= state.latest.len() {
            return Ok(());
        }
        let lock = for_its_owner_alone().create(true).truncate(false).write(true).open(self.directory.join(LOCK))?;
        lock.lock()?;
        self.read_latest(state)?;
        // Read again: whoever held the lock may have signed for entries that came after the first reading.
        let ends = chain::ends(connection)?;
        let mut failure = self.missing(state, &ends).err();
        let mut signed = Vec::new();
        for end in ends.iter().filter(|end| !is_signed(state, end)) {
            match follows(connection, state.latest.get(&end.chain), end) {
                Ok(()) => signed.push(self.key.sign(end, (self.now)())),
                Err(error) => failure = Some(error),
            }
        }
        if !signed.is_empty() {
            self.write(state, signed)?;
        }
        failure.map_or(Ok(()), Err)
    }

    /// The latest heads: those of the file, and those that stay or that this process knows and the file has lost.
    fn read_latest(&self, state: &mut State) -> Result<(), HeadsError> {
        let text = read_or_empty(&self.directory.join(LATEST))?;
        if text == state.text && !text.is_empty() {
            return Ok(());
        }
        if state.latest.is_empty() {
            let older = read_or_empty(&self.directory.join(OLDER))?;
            let signed = heads_in(&older).flatten().filter(|head| self.key.public().has_signed(head));
            for head in signed {
                take_if_newer(&mut state.latest, head);
            }
        }
        for head in heads_in(&text) {
            let head = head.filter(|head| self.key.public().has_signed(head));
            let head = head.ok_or(HeadsError::Forged { file: LATEST })?;
            take_if_newer(&mut state.latest, head);
        }
        state.text = text;
        Ok(())
    }

    /// Refuses chains that were signed for and are not there.
    fn missing(&self, state: &State, ends: &[ChainEnd]) -> Result<(), HeadsError> {
        let gone = state.latest.values().find(|head| ends.iter().all(|end| end.chain != head.chain));
        gone.map_or(Ok(()), |head| {
            Err(HeadsError::CutShort { chain: head.chain.clone(), has: 0, signed: head.sequence })
        })
    }

    /// Replaces the file of the latest heads as a whole, after those that stay are written. Those that stay are on
    /// the disk then; the latest may go back by moments in a power cut, and are signed anew.
    fn write(&self, state: &mut State, signed: Vec<SignedHead>) -> Result<(), HeadsError> {
        self.keep_older(state, &signed)?;
        let mut latest = state.latest.clone();
        latest.extend(signed.into_iter().map(|head| (head.chain.clone(), head)));
        let text: String = latest.values().map(line).collect();
        let aside = self.directory.join(format!("{LATEST}.new"));
        let mut file = for_its_owner_alone().create(true).truncate(true).write(true).open(&aside)?;
        file.write_all(text.as_bytes())?;
        fs::rename(&aside, self.directory.join(LATEST))?;
        state.latest = latest;
        state.text = text;
        Ok(())
    }

    fn keep_older(&self, state: &mut State, signed: &[SignedHead]) -> Result<(), HeadsError> {
        let path = self.directory.join(OLDER);
        if state.stayed_at.is_none() {
            let text = read_or_empty(&path)?;
            let stayed =
                heads_in(&text).flatten().filter_map(|head| Some((head.chain.clone(), head.signed_at.parse().ok()?)));
            state.stayed_at = Some(stayed.collect());
        }
        let stayed_at = state.stayed_at.get_or_insert_default();
        let mut text = String::new();
        for head in signed {
            let Ok(at) = head.signed_at.parse::<Instant>() else { continue };
            let is_due = stayed_at.get(&head.chain).is_none_or(|last| at - *last >= TimeDelta::hours(1) || at < *last);
            if is_due {
                text.push_str(&line(head));
                stayed_at.insert(head.chain.clone(), at);
            }
        }
        if !text.is_empty() {
            let mut file = for_its_owner_alone().create(true).append(true).open(&path)?;
            file.write_all(text.as_bytes())?;
            file.sync_data()?;
        }
        Ok(())
    }
}

fn take_if_newer(latest: &mut BTreeMap<String, SignedHead>, head: SignedHead) {
    if latest.get(&head.chain).is_none_or(|known| known.sequence < head.sequence) {
        latest.insert(head.chain.clone(), head);
    }
}

/// Refuses an end that does not follow from the head that was signed last.
fn follows(connection: &mut AnyConnection, signed: Option<&SignedHead>, end: &ChainEnd) -> Result<(), HeadsError> {
    let (mut sequence, mut hash) =
        signed.map_or((0, BEFORE_THE_FIRST.to_owned()), |head| (head.sequence, head.hash.clone()));
    if end.sequence < sequence {
        return Err(HeadsError::CutShort { chain: end.chain.clone(), has: end.sequence, signed: sequence });
    }
    let broken = |sequence| HeadsError::DoesNotFollow { chain: end.chain.clone(), sequence };
    while sequence < end.sequence {
        let entries = chain::raw_entries(connection, &end.chain, &Place::after(sequence), PAGE)?;
        if entries.is_empty() {
            return Err(broken(sequence + 1));
        }
        for entry in entries.into_iter().take_while(|entry| entry.sequence() <= end.sequence) {
            sequence += 1;
            let entry = entry.read().filter(|entry| entry.sequence == sequence && entry.is_unchanged());
            let entry = entry.filter(|entry| entry.previous_hash == hash).ok_or_else(|| broken(sequence))?;
            hash = entry.hash;
        }
    }
    if hash == end.hash { Ok(()) } else { Err(broken(end.sequence)) }
}

/// What the files say: the latest heads and the older ones, each line a head or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeadFiles {
    /// The lines of the latest heads.
    pub latest: Vec<Option<SignedHead>>,
    /// The lines of those that stay.
    pub older: Vec<Option<SignedHead>>,
}

impl HeadFiles {
    /// Reads them as they stand, while nobody replaces them; nothing is in a file that is not there.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn read(directory: &Path) -> io::Result<Self> {
        let lock = match File::open(directory.join(LOCK)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            opened => Some(opened?),
        };
        if let Some(lock) = &lock {
            lock.lock_shared()?;
        }
        Ok(Self {
            latest: heads_in(&read_or_empty(&directory.join(LATEST))?).collect(),
            older: heads_in(&read_or_empty(&directory.join(OLDER))?).collect(),
        })
    }

    /// Every line of both with the name of its file, the latest heads first.
    pub fn lines(&self) -> impl Iterator<Item = (&'static str, Option<&SignedHead>)> {
        let latest = self.latest.iter().map(|head| (LATEST, head.as_ref()));
        latest.chain(self.older.iter().map(|head| (OLDER, head.as_ref())))
    }
}

fn heads_in(text: &str) -> impl Iterator<Item = Option<SignedHead>> {
    text.lines().map(|line| serde_json::from_str(line).ok())
}

fn line(head: &SignedHead) -> String {
    let mut members = head.members();
    if let Some(members) = members.as_object_mut() {
        members.insert("signature".to_owned(), head.signature.clone().into());
    }
    format!("{}\n", super::encoding::canonical(&members))
}

fn read_or_empty(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read,
    }
}

fn for_its_owner_alone() -> OpenOptions {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn make_for_its_owner_alone(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}
