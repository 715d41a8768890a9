//! Notification duties: every duty of SOA 2003 Part 2 as a dated timer with its arithmetic shown.
//!
//! Pure functions of what is known, the moment and the dated rules of [`rules`]; each duty's trigger, last
//! day and state are worked out anew each time. Dates are civil dates of Europe/London. A lapse is never
//! guilt: [`suspicion`] offers it to a person, who may find a reasonable excuse. docs/NOTIFICATION-DUTIES.md
//! has the table of rules.

mod change;
pub mod clock_stop;
pub mod code;
mod confirmation;
pub mod count;
pub mod duty;
pub mod facts;
mod home;
mod initial;
pub mod period;
pub mod receipt;
mod registration;
mod release;
pub mod review;
pub mod rules;
mod stay;
mod subject;
pub mod suspicion;
mod travel;

pub use code::DutyCode;
pub use duty::{Duty, DutyState};
pub use facts::DutyFacts;
pub use home::is_notified_home;
pub use rules::NotificationRules;

use super::calendar::CivilDate;
use super::moment::Moment;
use super::reference::Ref;
use duty::Desk;

/// By trigger date and key. Of one thing entered twice, what was met stands, in time before late. `[I]`
fn order(duty: &Duty) -> (CivilDate, &str, u8, Option<&Ref>) {
    let rank = match duty.state {
        DutyState::MetOn { .. } => 0,
        DutyState::MetLate { .. } => 1,
        DutyState::NotYetDue
        | DutyState::Due
        | DutyState::LapsedSince { .. }
        | DutyState::Stopped { .. }
        | DutyState::NotRequired { .. } => 2,
    };
    (duty.trigger.on, &duty.key, rank, duty.trigger.record_ref.as_ref())
}

/// Every duty that the facts make at a moment, by trigger date and key. The order of the facts does not count.
#[must_use]
pub fn duties(facts: DutyFacts<'_>, at: Moment, rules: &NotificationRules) -> Vec<Duty> {
    let desk = Desk::new(facts, at, rules);
    let families = [
        initial::duties,
        home::duties,
        release::duties,
        change::duties,
        stay::duties,
        confirmation::duties,
        travel::duties,
    ];
    let mut duties: Vec<Duty> = families.iter().flat_map(|family| family(&desk)).collect();
    duties.sort_by(|a, b| order(a).cmp(&order(b)));
    duties.dedup_by(|later, earlier| later.key == earlier.key);
    duties
}

#[cfg(test)]
mod tests;
