//! Reading the notification duties of one case, within the reader's scope, and on record.

use serde_json::json;
use thiserror::Error;

use super::force_file::open_case_as_at;
use super::offenders::may_see;
use super::reading::Reader;
use crate::domain::as_at::AsAt;
use crate::domain::calendar::{CivilDate, london_midnight, plus_days};
use crate::domain::moment::Moment;
use crate::domain::notification_duty::period::{EndOfNotification, end_of_notification};
use crate::domain::notification_duty::review::{ReviewOfPeriod, review_of_period};
use crate::domain::notification_duty::rules::RulesError;
use crate::domain::notification_duty::suspicion::{SuspectedBreach, suspected_breaches};
use crate::domain::notification_duty::{Duty, DutyFacts, NotificationRules, duties};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::status_history::{StatusSpell, status_history};
use crate::domain::suspicion::{SuspicionOnFile, on_file};
use crate::store::Store;
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
    /// Those that were filed as breaches, and how their duties stand now.
    pub on_file: Vec<SuspicionOnFile>,
    /// Where the offender stood over time.
    pub statuses: Vec<StatusSpell>,
    /// When notification ends.
    pub end: EndOfNotification,
    /// When an indefinite period may be reviewed.
    pub review: Option<ReviewOfPeriod>,
}

/// For when duties are asked, and on what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DutiesAt {
    /// For now, on what is known now.
    Now,
    /// For the last instant of a day of Europe/London, before or after, on what is known now.
    Day(CivilDate),
    /// For an instant, on what was known then or is now known to have been true then.
    Then(AsAt),
}

impl DutiesAt {
    fn moment(self, now: Moment) -> Moment {
        match self {
            Self::Day(day) if day != now.today() => {
                let next = london_midnight(plus_days(day, 1));
                Moment::at(next.checked_sub_signed(chrono::TimeDelta::microseconds(1)).unwrap_or(next))
            }
            Self::Now | Self::Day(_) => now,
            Self::Then(as_at) => as_at.moment(now),
        }
    }

    const fn known(self) -> AsAt {
        match self {
            Self::Now | Self::Day(_) => AsAt::Now,
            Self::Then(as_at) => as_at,
        }
    }
}

/// The duties of one case; nothing where there is no such case that the reader may see, or there was none then.
///
/// # Errors
/// When the store fails, or the rules cannot be read.
pub fn notification_duties(
    store: &Store,
    reader: &Reader,
    offender: &Ref,
    asked: DutiesAt,
) -> Result<Option<CaseDuties>, DutiesError> {
    let (rules, at, known) = (NotificationRules::built_in()?, asked.moment(reader.clock.moment()), asked.known());
    let found = store.transaction_that_writes(|connection| -> Result<_, StoreError> {
        let act = "offender.notification_duties.read";
        if !may_see(connection, reader, offender, act)? {
            return Ok(None);
        }
        let force = &reader.person.force;
        let mut opened = open_case_as_at(connection, force, offender, known)?;
        let statuses = status_history(&status_versions(connection, force, offender, known)?);
        let detail = match known {
            AsAt::Now => json!({ "as_at": at.today() }),
            AsAt::Known(at) => json!({ "known_at": at }),
            AsAt::True(at) => json!({ "true_at": at }),
        };
        reader.note(connection, act, Some((RecordKind::Offender, offender)), detail)?;
        Ok(opened.cases.remove(offender).map(|file| (file, statuses)))
    })?;
    Ok(found.map(|(file, statuses)| {
        let facts = DutyFacts::of_case(&file, &statuses);
        let duties = duties(facts, at, &rules);
        CaseDuties {
            as_at: at.today(),
            rules_version: rules.version.clone(),
            on_file: on_file(&file, &duties),
            duties,
            suspected_breaches: suspected_breaches(facts, at, &rules),
            end: end_of_notification(facts, at, &rules.periods),
            review: review_of_period(facts, at, &rules),
            statuses,
        }
    }))
}
