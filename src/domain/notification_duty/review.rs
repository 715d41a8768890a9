//! The review of an indefinite period: SOA 2003 ss.91A to 91C.
//!
//! The qualifying date is the day after the end of the 15 (or 8) years beginning with the day of the first
//! notification: s.91B(2) `[S]`. Those years end the day before the anniversary, so it is the anniversary
//! itself. After a refusal it is the day after the end of a further 8 years beginning with that day. `[S]`
//!
//! That first notification is the one under s.83, 84 or 85 on the first release after the sentence that makes the
//! period indefinite: s.91B(2) `[S]`. So it is the first on or after both the relevant date and the end of the first
//! spell in custody or in hospital that lasted beyond it; one before either, of an older disposal or on bail, is not.

use serde::Serialize;

use super::clock_stop::known_spells;
use super::count::Step;
use super::facts::DutyFacts;
use super::period::{PeriodLength, notification_period};
use super::rules::{Mark, NotificationRules, ReviewRule};
use crate::domain::calendar::{CivilDate, days_between, last_of_months, london_date, plus_days};
use crate::domain::disposal::ReviewApplication;
use crate::domain::moment::Moment;
use crate::domain::notification::NotificationKind;
use crate::domain::offender::OffenderStatus;
use crate::domain::order::OrderKind;
use crate::domain::reference::Ref;
use crate::domain::status_history::StatusSpell;

/// When an indefinite period may first be reviewed, or again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReviewOfPeriod {
    /// The first day on which an application may be made; empty where the first notification is not known.
    pub eligible_from: Option<CivilDate>,
    /// Orders in force that rule an application out as long as they last: s.91A(2). SHPO `[M]`
    pub ruled_out_by: Vec<Ref>,
    /// How sure.
    pub mark: Mark,
    /// How it was arrived at.
    pub arithmetic: Vec<Step>,
    /// What is to be done by when about the newest application; empty where there is none.
    pub timetable: Option<ReviewTimetable>,
}

/// The timetable of one application. `[M]` throughout
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReviewTimetable {
    /// The day on which it was received.
    pub received_on: CivilDate,
    /// The last day to acknowledge it.
    pub acknowledge_by: CivilDate,
    /// The last day for the responsible bodies to reply; empty while they have not been asked.
    pub bodies_reply_by: Option<CivilDate>,
    /// The last day to decide: so many weeks after the bodies' last day, or the receipt while they are not asked.
    pub decide_by: CivilDate,
    /// The last day to appeal to the magistrates' court; empty while it is not refused.
    pub appeal_by: Option<CivilDate>,
    /// How sure.
    pub mark: Mark,
}

/// The timetable of an application, each period beginning with its event's day.
#[must_use]
pub fn review_timetable(application: &ReviewApplication, rule: &ReviewRule) -> ReviewTimetable {
    let last_of = |from: CivilDate, days: u32| plus_days(from, days.saturating_sub(1));
    let bodies_reply_by = application.bodies_asked_on.map(|asked| last_of(asked, rule.bodies_reply_days));
    let decide_from = bodies_reply_by.unwrap_or(application.received_on);
    let refused_on = application.decided_on.filter(|_| application.refused);
    ReviewTimetable {
        received_on: application.received_on,
        acknowledge_by: last_of(application.received_on, rule.acknowledge_days),
        bodies_reply_by,
        decide_by: plus_days(decide_from, rule.decide_weeks.saturating_mul(7)),
        appeal_by: refused_on.map(|on| last_of(on, rule.appeal_days)),
        mark: rule.timetable_mark,
    }
}

/// The day after the end of so many years beginning with a day.
fn after_years(from: CivilDate, years: u32, steps: &mut Vec<Step>) -> CivilDate {
    let last_day = last_of_months(from, years.saturating_mul(12));
    let eligible = plus_days(last_day, 1);
    steps.push(Step::to(last_day, format!("the last day of {years} years beginning with {from}")));
    steps.push(Step::to(eligible, "the day after"));
    eligible
}

/// The first day on which a review may be asked for.
#[must_use]
pub fn first_review(first_notified_on: CivilDate, under_18: bool, rule: &ReviewRule) -> (CivilDate, Vec<Step>) {
    let mut steps = vec![Step::to(first_notified_on, "the first notification")];
    let years = if under_18 { rule.under_18_years } else { rule.adult_years };
    let eligible = after_years(first_notified_on, years, &mut steps);
    (eligible, steps)
}

/// The first day on which a review may be asked for again: the usual years or those set, at most the cap. `[M]`
#[must_use]
pub fn next_review(refused_on: CivilDate, years_set: Option<u32>, rule: &ReviewRule) -> (CivilDate, Vec<Step>) {
    let mut steps = vec![Step::to(refused_on, "a review was refused")];
    let set = years_set.unwrap_or(rule.after_refusal_years);
    let years = set.clamp(rule.after_refusal_years.min(rule.after_refusal_cap_years), rule.after_refusal_cap_years);
    if years != set {
        steps.push(Step::note(format!("{set} years were set; {years} count")));
    }
    let eligible = after_years(refused_on, years, &mut steps);
    (eligible, steps)
}

/// The days within which the first notification is given (SOA 2003 s.83(1) `[S]`): what a record begins with later than that may
/// not be the first there was.
const FIRST_WITHIN_DAYS: i64 = 3;

/// The first notification on or after the relevant date and the first release since; none while that has not come, or where what is on
/// record begins with another than an initial one and too late to be the first. A person who knows better says so in the disposal.
fn first_notified_since(relevant_date: CivilDate, facts: DutyFacts<'_>, at: Moment) -> Option<CivilDate> {
    let detained = |spell: &StatusSpell| matches!(spell.status, OffenderStatus::Custody | OffenderStatus::Hospital);
    let spells = known_spells(facts);
    let spells = spells
        .iter()
        .skip_while(|spell| !detained(spell) || spell.ended_on.is_some_and(|ended| ended <= relevant_date));
    // One that passes into another, from custody into hospital say, is no release.
    let released_on = match spells.take_while(|spell| detained(spell)).last() {
        Some(last) => last.ended_on?,
        None => relevant_date,
    };
    let from = released_on.max(relevant_date);
    let tells = |kind: NotificationKind| match kind {
        NotificationKind::Initial
        | NotificationKind::Change
        | NotificationKind::Periodic
        | NotificationKind::Weekly => true,
        NotificationKind::Travel | NotificationKind::Return => false,
    };
    let given = facts.given(at).into_iter().filter(|held| tells(held.record.kind));
    let mut since = given.map(|held| (held.record.kind, london_date(held.record.notified_at)));
    let (kind, on) = since.find(|(_, on)| *on >= from)?;
    (kind == NotificationKind::Initial || days_between(from, on) <= FIRST_WITHIN_DAYS).then_some(on)
}

/// The review of an offender's indefinite period; none where the period has an end. It is indefinite where a
/// disposal makes it so or, with none on record, where the record gives no end.
#[must_use]
pub fn review_of_period(facts: DutyFacts<'_>, at: Moment, rules: &NotificationRules) -> Option<ReviewOfPeriod> {
    let mut indefinite: Vec<_> = facts
        .disposals
        .iter()
        .filter(|held| notification_period(&held.record, &rules.periods).length == PeriodLength::Indefinite)
        .collect();
    indefinite.sort_by_key(|held| (held.record.relevant_date, &held.subject));
    let newest = indefinite.last().map(|held| &held.record);
    if newest.is_none() && (!facts.disposals.is_empty() || facts.offender.notification.ends_on.is_some()) {
        return None;
    }
    let under_18 = newest
        .map_or(facts.offender.notification.under_18_at_relevant_date, |disposal| disposal.under_18_at_relevant_date);
    let relevant_date = newest.map_or(facts.offender.notification.relevant_date, |disposal| disposal.relevant_date);
    let first_notified_on = newest
        .and_then(|disposal| disposal.first_notified_on)
        .or_else(|| first_notified_since(relevant_date, facts, at));
    let received = newest.map_or(&[][..], |disposal| &disposal.review_applications);
    let received = received.iter().filter(|application| at.has_come(application.received_on));
    let refused = received
        .clone()
        .filter(|application| application.refused)
        .filter_map(|application| Some((application.decided_on?, application.years_until_next)))
        .filter(|(decided_on, _)| at.has_come(*decided_on))
        .max();
    let newest_application = received.max_by_key(|application| (application.received_on, application.decided_on));
    let reviewed = match (refused, first_notified_on) {
        (Some((refused_on, years)), _) => Some(next_review(refused_on, years, &rules.reviews)),
        (None, Some(first)) => Some(first_review(first, under_18, &rules.reviews)),
        (None, None) => None,
    };
    let mut ruled_out_by: Vec<Ref> = facts
        .orders
        .iter()
        .filter(|held| held.record.is_in_force(at.today()))
        .filter(|held| matches!(held.record.kind, OrderKind::Shpo | OrderKind::InterimShpo | OrderKind::Sopo))
        .map(|held| held.subject.clone())
        .collect();
    ruled_out_by.sort();
    let (eligible_from, arithmetic) = reviewed.map_or_else(
        || (None, vec![Step::note("the first notification is not on record")]),
        |(eligible, steps)| (Some(eligible), steps),
    );
    let timetable = newest_application.map(|application| review_timetable(application, &rules.reviews));
    Some(ReviewOfPeriod { eligible_from, ruled_out_by, mark: rules.reviews.mark, arithmetic, timetable })
}
