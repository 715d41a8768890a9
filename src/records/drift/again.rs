//! Records that the other side is asked for again, one by one: version 1 of the protocol of `docs/INTEGRATION.md`.

use super::DriftLines;
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::drift::{Again, settle};
use crate::casework::import::{Import, RefusedEvent};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::records::feed::event::{Event, parse_event};
use crate::records::import::{refused_event, version_of};
use crate::records::pull::ORIGIN;
use crate::records::pull::line::{Failed, Line};
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::drift::digest;
use crate::store::drift_run::to_ask_for;
use crate::store::error::StoreError;
use crate::store::record::{Content, NewVersion};

/// The media types that a record is taken in, the feed's own first.
const EVENTS: [&str; 2] = ["application/cloudevents+json", "application/json"];

/// The longest event, in bytes: as long as the longest line of a feed.
const LONGEST_EVENT_BYTES: u64 = 1_024 * 1_024;

/// Records whose events are imported in one transaction: what they weigh together stays in memory. `[I]`
const RECORDS_A_TRANSACTION: usize = 50;

/// What came for records that were asked for, to be imported and settled together.
#[derive(Default)]
struct Came {
    versions: Vec<NewVersion>,
    refused: Vec<RefusedEvent>,
    answers: Vec<(RecordKind, Ref, Again)>,
}

/// Asks for the records that the other side has and this service has not, or has otherwise: so many at most, those that were not asked for yet
/// first. Hands back the code of what failed first; nothing where nothing did.
///
/// # Errors
/// When the store fails. What was imported before stays.
pub(super) fn ask_again(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    (force, lines): (&str, &DriftLines),
    goes_on: &dyn Fn() -> bool,
) -> Result<Option<String>, StoreError> {
    let Some(line) = &lines.records else { return Ok(None) };
    let wanted = store.transaction(|connection| to_ask_for(connection, force, &lines.kinds, lines.most_again))?;
    let mut first_failure = None;
    for some in wanted.chunks(RECORDS_A_TRANSACTION) {
        let (mut came, mut is_line_well) = (Came::default(), true);
        for (kind, subject) in some {
            if !goes_on() {
                is_line_well = false;
                break;
            }
            if let Err(failed) = came.ask(line, actor, *kind, subject) {
                is_line_well = !failed.is_of_the_line();
                came.answers.push((*kind, subject.clone(), Again::Failed(failed.code.clone())));
                first_failure.get_or_insert(failed.code);
            }
            if !is_line_well {
                break;
            }
        }
        if !came.answers.is_empty() {
            store.transaction_that_writes(|connection| came.keep(connection, clock, actor, force))?;
        }
        if !is_line_well {
            break;
        }
    }
    Ok(first_failure)
}

impl Came {
    /// Asks for one record.
    fn ask(&mut self, line: &Line, actor: &Actor, kind: RecordKind, subject: &Ref) -> Result<(), Failed> {
        let of_type = format!("records.{kind}.v1");
        let body = line.ask(&[("type", &of_type), ("subject", subject.as_str())], EVENTS, LONGEST_EVENT_BYTES)?;
        let again = match body {
            None => Again::Gone,
            Some(body) => self.take(&body, actor, kind, subject)?,
        };
        self.answers.push((kind, subject.clone(), again));
        Ok(())
    }

    /// Takes an event, where it is one of the record that was asked for.
    fn take(&mut self, body: &[u8], actor: &Actor, kind: RecordKind, subject: &Ref) -> Result<Again, Failed> {
        let version = parse_event(body).and_then(|event| {
            let is_asked_for = is_of(&event, kind, subject);
            version_of(event, actor).map(|version| (version, is_asked_for))
        });
        match version {
            Ok((_, false)) => Err(Failed::because("another_record")),
            Ok((version, true)) => {
                let there = match &version.content {
                    Content::Put(data) => Some(digest(data.clone())),
                    Content::Withdrawn { .. } => None,
                };
                self.versions.push(version);
                Ok(Again::Came(there))
            }
            Err(refused) => {
                let place = u64::try_from(self.answers.len()).unwrap_or(u64::MAX);
                self.refused.push(refused_event(place, refused));
                Ok(Again::Refused)
            }
        }
    }

    /// Imports what came as what is pulled is, and keeps what is settled by it.
    fn keep(self, connection: &mut AnyConnection, clock: Clock, actor: &Actor, force: &str) -> Result<(), StoreError> {
        let Self { versions, refused, answers } = self;
        if !versions.is_empty() || !refused.is_empty() {
            Import::asked_for(connection, clock, actor, ORIGIN, (versions, refused))?;
        }
        settle(connection, (clock.now(), actor), force, &answers)
    }
}

/// True where an event speaks of that record, be it to withdraw it.
fn is_of(event: &Event, kind: RecordKind, subject: &Ref) -> bool {
    event.kind == kind && event.subject == *subject
}
