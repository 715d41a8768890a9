//! How long notification lasts: the table of SOA 2003 s.82.
//!
//! A period of so many years "beginning with" the relevant date ends the day before its anniversary, and with the
//! month where that has no such day: the wording `[M]`, the arithmetic `[I]`. What the records system gives as the last day is what the flags go by;
//! a difference is shown to a person and settles nothing.

use serde::Serialize;

use super::count::Step;
use super::facts::DutyFacts;
use super::rules::{Mark, PeriodTable};
use crate::domain::calendar::{CivilDate, days_between, last_of_months, minus_days, plus_days, plus_months};
use crate::domain::disposal::{Disposal, Sentence, Term};
use crate::domain::moment::Moment;
use crate::domain::offender::Offender;
use crate::domain::order::{Order, OrderKind};
use crate::domain::record::Held;

/// How long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "length", rename_all = "snake_case")]
pub enum PeriodLength {
    /// Without an end.
    Indefinite,
    /// Up to and including a day.
    Until {
        /// The last day.
        last_day: CivilDate,
    },
}

/// A period that a disposal makes, with its arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DerivedPeriod {
    /// How long.
    #[serde(flatten)]
    pub length: PeriodLength,
    /// How sure the row of the table is.
    pub mark: Mark,
    /// How it was arrived at.
    pub arithmetic: Vec<Step>,
}

/// The terms that count, as the day on which they would end had they begun on the relevant date: terms that
/// are consecutive add up; of concurrent ones the longest counts. `[S]`, for partly concurrent ones `[I]`
fn imprisoned_until(terms: &[Term], from: CivilDate) -> CivilDate {
    let (mut longest, mut months, mut days) = (from, 0_u32, 0_u32);
    for term in terms {
        if !term.consecutive {
            (months, days) = (0, 0);
        }
        months = months.saturating_add(term.months);
        days = days.saturating_add(term.days);
        longest = longest.max(plus_days(plus_months(from, months), days));
    }
    longest
}

/// The period that a disposal makes.
#[must_use]
pub fn notification_period(disposal: &Disposal, table: &PeriodTable) -> DerivedPeriod {
    let from = disposal.relevant_date;
    let mut steps = vec![Step::to(from, "the relevant date: day 1")];
    let indefinite = |mark, why: &str, mut steps: Vec<Step>| {
        steps.push(Step::note(format!("{why}: indefinite, whatever the age")));
        DerivedPeriod { length: PeriodLength::Indefinite, mark, arithmetic: steps }
    };
    let marks = table.marks;
    let (months, why, mark) = match &disposal.sentence {
        Sentence::Life => return indefinite(marks.imprisonment, "imprisonment for life", steps),
        Sentence::Indeterminate => return indefinite(marks.imprisonment, "an indeterminate sentence", steps),
        Sentence::HospitalOrder { restriction: true } => {
            return indefinite(marks.hospital, "hospital with a restriction order", steps);
        }
        Sentence::HospitalOrder { restriction: false } => {
            (table.hospital_months, "admission to hospital without a restriction order".to_owned(), marks.hospital)
        }
        Sentence::Caution => (table.caution_months, "a caution".to_owned(), marks.caution),
        Sentence::Other => (table.other_months, "another disposal".to_owned(), marks.other),
        Sentence::ConditionalDischarge { months, days } => {
            let last_day = plus_days(last_of_months(from, *months), *days);
            let text = format!("a conditional discharge: its own {months} months and {days} days, never halved");
            steps.push(Step::to(last_day, text));
            let length = PeriodLength::Until { last_day: last_day.max(from) };
            return DerivedPeriod { length, mark: marks.conditional_discharge, arithmetic: steps };
        }
        Sentence::Imprisonment { terms } => {
            let until = imprisoned_until(terms, from);
            steps.push(Step::to(until, "where the terms would end, consecutive ones added up, begun on that date"));
            if until >= plus_months(from, table.indefinite_from_months) {
                let why = format!("{} months' imprisonment or more", table.indefinite_from_months);
                return indefinite(marks.imprisonment, &why, steps);
            }
            if until > plus_months(from, table.long_over_months) {
                let why = format!(
                    "more than {} and fewer than {} months' imprisonment",
                    table.long_over_months, table.indefinite_from_months
                );
                (table.long_months, why, marks.imprisonment)
            } else {
                let why = format!("{} months' imprisonment or fewer", table.long_over_months);
                (table.short_months, why, marks.imprisonment)
            }
        }
    };
    steps.push(Step::note(format!("{why}: {months} months")));
    let months = if disposal.under_18_at_relevant_date {
        let halved = months.saturating_mul(table.under_18_percent) / 100;
        steps.push(Step::note(format!("under 18 on the relevant date: {halved} months")));
        halved
    } else {
        months
    };
    let last_day = last_of_months(from, months);
    steps.push(Step::to(last_day, format!("the last day of {months} months beginning with the relevant date")));
    DerivedPeriod { length: PeriodLength::Until { last_day }, mark, arithmetic: steps }
}

/// When notification ends, by the disposals and the orders in force, beside what the record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndOfNotification {
    /// The last day by the record; empty where that says none.
    pub recorded_ends_on: Option<CivilDate>,
    /// By the disposals; empty where none is on record. Of several the longest counts. `[I]`
    pub by_disposal: Option<DerivedPeriod>,
    /// Orders that keep their subject notifiable for as long as they last: s.103G. `[M]`
    pub prolonged_by_orders: Vec<Step>,
    /// What a person should look at.
    pub notes: Vec<String>,
}

/// The end of notification.
#[must_use]
pub fn end_of_notification(facts: DutyFacts<'_>, at: Moment, table: &PeriodTable) -> EndOfNotification {
    let recorded = facts.offender.notification.ends_on;
    let periods = facts.disposals.iter().map(|held| {
        let period = notification_period(&held.record, table);
        let end = match period.length {
            PeriodLength::Indefinite => CivilDate::MAX,
            PeriodLength::Until { last_day } => last_day,
        };
        (end, &held.subject, period)
    });
    let longest = periods.max_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    let mut notes = Vec::new();
    match longest.as_ref().map(|(_, _, period)| period.length) {
        None => notes.push("no disposal is on record: the end that the record gives cannot be checked".to_owned()),
        Some(PeriodLength::Indefinite) => {
            if let Some(recorded) = recorded {
                notes.push(format!("the record ends it on {recorded}; by the disposal it is indefinite"));
            }
        }
        Some(PeriodLength::Until { last_day }) => match recorded {
            None => notes.push(format!("the record calls it indefinite; by the disposal it ends on {last_day}")),
            Some(recorded) if recorded == plus_days(last_day, 1) => notes.push(format!(
                "the record gives the anniversary {recorded}; a period beginning with the relevant date ends the day before"
            )),
            Some(recorded) if recorded != last_day => notes.push(format!(
                "the record ends it on {recorded}, {} days from {last_day}, which the disposal gives",
                days_between(last_day, recorded)
            )),
            Some(_) => {}
        },
    }
    let mut orders: Vec<&Held<Order>> = facts.orders.iter().filter(|held| prolongs(&held.record, at)).collect();
    orders.sort_by(|a, b| a.subject.cmp(&b.subject));
    let prolonged_by_orders: Vec<Step> = orders
        .into_iter()
        .map(|held| match held.record.ends_on {
            Some(ends) => Step::to(ends, format!("order {} lasts until this day", held.subject)),
            None => Step::note(format!("order {} has no end on record", held.subject)),
        })
        .collect();
    EndOfNotification {
        recorded_ends_on: recorded,
        by_disposal: longest.map(|(_, _, period)| period),
        prolonged_by_orders,
        notes,
    }
}

/// The last day on which the offender is subject to the requirements, by the record and the orders that prolong it;
/// empty where there is none. An order made once they had ended prolongs nothing.
#[must_use]
pub fn subject_until(offender: &Offender, orders: &[Held<Order>], at: Moment) -> Option<CivilDate> {
    let mut until = offender.notification.ends_on?;
    let mut prolonging: Vec<&Order> =
        orders.iter().map(|held| &held.record).filter(|order| keeps(order.kind)).collect();
    prolonging.sort_by_key(|order| order.made_on);
    for order in prolonging.into_iter().filter(|order| at.has_come(order.made_on)) {
        if order.made_on > plus_days(until, 1) {
            continue;
        }
        let discharged = order.discharged_on.map(|on| minus_days(on, 1));
        until = until.max(order.ends_on.into_iter().chain(discharged).min()?);
    }
    Some(until)
}

fn prolongs(order: &Order, at: Moment) -> bool {
    order.is_in_force(at.today()) && keeps(order.kind)
}

/// True of the orders that keep their subject notifiable. `[M]`
const fn keeps(kind: OrderKind) -> bool {
    matches!(kind, OrderKind::Shpo | OrderKind::InterimShpo | OrderKind::Sopo)
}
