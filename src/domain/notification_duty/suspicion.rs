//! Suspected breaches: duties that were not met in time, as far as is known, for a person to decide.

use serde::Serialize;

use super::code::DutyCode;
use super::duties;
use super::duty::{Duty, DutyState, Trigger};
use super::facts::DutyFacts;
use super::rules::NotificationRules;
use crate::domain::calendar::{CivilDate, days_between, london_date};
use crate::domain::moment::Moment;
use crate::domain::offender::OffenderStatus;

/// One suspected breach. It asserts nothing: there may be a reasonable excuse, or a notification not on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuspectedBreach {
    /// The same for the same lapse, so that it is suspected once.
    pub key: String,
    /// The duty.
    pub code: DutyCode,
    /// The provision that was not kept, as far as is known.
    pub provision: String,
    /// The first day of the failure: s.91.
    pub first_failure_on: CivilDate,
    /// The day on which it was met after all; empty while it goes on.
    pub met_on: Option<CivilDate>,
    /// What set the duty off.
    pub fact: Trigger,
}

/// The lapses that a person has to look at: those that go on, and those that ended before they could be seen for
/// long. None of somebody who is dead or whom another force manages. `[I]`
#[must_use]
pub fn suspected_breaches(facts: DutyFacts<'_>, at: Moment, rules: &NotificationRules) -> Vec<SuspectedBreach> {
    if matches!(facts.offender.status, OffenderStatus::Deceased | OffenderStatus::TransferredOut) {
        return Vec::new();
    }
    let mut suspected: Vec<SuspectedBreach> =
        duties(facts, at, rules).into_iter().filter_map(|duty| suspected(duty, facts, at, rules)).collect();
    suspected.sort_by(|a, b| (a.first_failure_on, &a.key).cmp(&(b.first_failure_on, &b.key)));
    suspected
}

fn suspected(duty: Duty, facts: DutyFacts<'_>, at: Moment, rules: &NotificationRules) -> Option<SuspectedBreach> {
    let first_failure_on = duty.first_failure_on()?;
    let met_on = match duty.state {
        DutyState::MetLate { on, .. } => Some(on),
        DutyState::LapsedSince { .. }
        | DutyState::NotYetDue
        | DutyState::Due
        | DutyState::MetOn { .. }
        | DutyState::Stopped { .. }
        | DutyState::NotRequired { .. } => None,
    };
    let is_recent = |day: CivilDate| days_between(day, at.today()) <= i64::from(rules.late_lookback_days);
    let could_be_seen_from = told_of_on(facts, &duty.trigger).map_or(first_failure_on, |on| on.max(first_failure_on));
    let counts = met_on.is_none_or(|met_on| is_recent(met_on) && is_recent(could_be_seen_from));
    counts.then_some(SuspectedBreach {
        key: duty.key,
        code: duty.code,
        provision: duty.rule.provision,
        first_failure_on,
        met_on,
        fact: duty.trigger,
    })
}

/// The day on which what set a duty off was put on record: a move or a change may be learned of with its late
/// notification alone. A notification, a release and the relevant date are known of as they happen. `[I]`
fn told_of_on(facts: DutyFacts<'_>, trigger: &Trigger) -> Option<CivilDate> {
    let reference = trigger.record_ref.as_ref()?;
    let addresses = facts.addresses.iter().map(|held| (&held.subject, held.event_time));
    let changes = facts.changes.iter().flat_map(|held| {
        let told = [Some(&held.subject), held.record.premises_ref.as_ref()];
        told.into_iter().flatten().map(|subject| (subject, held.event_time))
    });
    let travels = facts.travels.iter().map(|held| (&held.subject, held.event_time));
    let told = addresses.chain(changes).chain(travels).filter(|(subject, _)| *subject == reference);
    told.map(|(_, told_at)| london_date(told_at)).max()
}
