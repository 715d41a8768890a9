//! Reading the notification duties of one case, within the reader's scope, and on record.

use serde_json::json;
use thiserror::Error;

use super::offenders::may_see;
use super::reading::Reader;
use crate::domain::calendar::{CivilDate, london_midnight, plus_days};
use crate::domain::case_file::ForceFileBuilder;
use crate::domain::moment::Moment;
use crate::domain::notification_duty::period::{EndOfNotification, end_of_notification};
use crate::domain::notification_duty::review::{ReviewOfPeriod, review_of_period};
use crate::domain::notification_duty::rules::RulesError;
use crate::domain::notification_duty::suspicion::{SuspectedBreach, suspected_breaches};
use crate::domain::notification_duty::{Duty, DutyFacts, NotificationRules, duties};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::status_history::{StatusSpell, status_history};
use crate::store::Store;
use crate::store::current::case_records;
use crate::store::error::StoreError;
use crate::store::status::status_versions;

/// Why duties cannot be told.
#[derive(Debug, Error)]
pub enum DutiesError {
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The rules cannot be read.
    #[error(transparent)]
    Rules(#[from] RulesError),
}

/// What notification asks of one offender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseDuties {
    /// The day for which it holds.
    pub as_at: CivilDate,
    /// The rules by which it was worked out.
    pub rules_version: String,
    /// Every duty.
    pub duties: Vec<Duty>,
    /// Those that a person has to look at.
    pub suspected_breaches: Vec<SuspectedBreach>,
    /// Where the offender stood over time.
    pub statuses: Vec<StatusSpell>,
    /// When notification ends.
    pub end: EndOfNotification,
    /// When an indefinite period may be reviewed.
    pub review: Option<ReviewOfPeriod>,
}

/// The moment for which duties are asked: now, or the last instant of another day of Europe/London, before
/// or after, with what is known now.
fn moment_of(reader: &Reader, day: Option<CivilDate>) -> Moment {
    let now = reader.clock.moment();
    day.filter(|day| *day != now.today()).map_or(now, |day| {
        let next = london_midnight(plus_days(day, 1));
        Moment::at(next.checked_sub_signed(chrono::TimeDelta::microseconds(1)).unwrap_or(next))
    })
}

/// The duties of one case on a day, today where none is named; nothing where there is no such case that
/// the reader may see.
///
/// # Errors
/// When the store fails, or the rules cannot be read.
pub fn notification_duties(
    store: &Store,
    reader: &Reader,
    offender: &Ref,
    day: Option<CivilDate>,
) -> Result<Option<CaseDuties>, DutiesError> {
    let (rules, at) = (NotificationRules::built_in()?, moment_of(reader, day));
    let found = store.transaction_that_writes(|connection| -> Result<_, StoreError> {
        let act = "offender.notification_duties.read";
        if !may_see(connection, reader, offender, act)? {
            return Ok(None);
        }
        let force = &reader.person.force;
        let mut builder = ForceFileBuilder::default();
        case_records(connection, force, offender, |held| builder.add(held))?;
        let statuses = status_history(&status_versions(connection, force, offender)?);
        reader.note(connection, act, Some((RecordKind::Offender, offender)), json!({ "as_at": at.today() }))?;
        Ok(builder.build().cases.remove(offender).map(|file| (file, statuses)))
    })?;
    Ok(found.map(|(file, statuses)| {
        let facts = DutyFacts::of_case(&file, &statuses);
        CaseDuties {
            as_at: at.today(),
            rules_version: rules.version.clone(),
            duties: duties(facts, at, &rules),
            suspected_breaches: suspected_breaches(facts, at, &rules),
            end: end_of_notification(facts, at, &rules.periods),
            review: review_of_period(facts, at, &rules),
            statuses,
        }
    }))
}
