//! The rules of notification as dated data: `config/notification-rules.json`.
//!
//! Marks: `[S]` seen in a public source, `[M]` from general knowledge, verify before relying on it, `[I]` a
//! design reading. A rule without `effective_from` is not known to be in force: it is here, and off. Part 2 of
//! the Sexual Offences Act 2003 commenced on 1 May 2004 and the 2012 regulations on 13 August 2012. `[M]`, `[S]`

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::code::DutyCode;
use crate::domain::calendar::CivilDate;

/// The rules built into the program.
const BUILT_IN: &str = include_str!("../../../config/notification-rules.json");

/// How sure a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// Seen in a public source.
    S,
    /// From general knowledge: verify before relying on it.
    M,
    /// A design reading.
    I,
}

/// How a period is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "counted", rename_all = "snake_case", deny_unknown_fields)]
pub enum Period {
    /// "Within N days beginning with" the event: the event's day is the first. `[S]` wording, arithmetic `[I]`
    BeginningWith {
        /// N, 1 or more.
        days: u32,
    },
    /// "Within N days after" the event: its own day does not count.
    AfterDays {
        /// N.
        days: u32,
    },
    /// "Within a year after": calendar months, clamped to the month's end.
    AfterMonths {
        /// How many.
        months: u32,
    },
    /// "Not less than N days before" the day of the event.
    DaysBefore {
        /// N.
        days: u32,
    },
    /// "Not less than N hours before" the event, in hours that pass, whatever the clocks do.
    HoursBefore {
        /// N.
        hours: u32,
    },
}

/// What time in custody, in hospital or abroad does to a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockRule {
    /// It is disregarded: ss.83(6), 84(5).
    Disregard,
    /// A period that would end in it runs on after it: s.85(3).
    RunOn,
    /// Nothing.
    None,
}

/// One rule, and the days on which it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name.
    pub id: String,
    /// The duty it makes.
    pub code: DutyCode,
    /// The provision.
    pub provision: String,
    /// How long, and how counted.
    pub period: Period,
    /// What clock stops do.
    pub clock: ClockRule,
    /// Days before the last one from which the duty counts as due, where that is not from its trigger on. `[I]`
    pub notice_days: Option<u32>,
    /// Its first day; empty where it is not known to be in force.
    pub effective_from: Option<CivilDate>,
    /// Its last day; empty where none is set.
    pub effective_until: Option<CivilDate>,
    /// How sure.
    pub mark: Mark,
    /// Where it comes from.
    pub source: String,
}

/// The window in which an advance notice covers its event: s.84(3) and (4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvanceNoticeRule {
    /// Days before the date given.
    pub days_before: u32,
    /// Days beginning with that date.
    pub days_beginning_with: u32,
    /// How sure.
    pub mark: Mark,
}

/// The qualifying period of stays: s.84(6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StayRule {
    /// Days that qualify.
    pub days: u32,
    /// Months within which they add up.
    pub months: u32,
    /// How sure.
    pub mark: Mark,
}

/// The length of absence that the Act of 2026 makes notifiable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbsenceRule {
    /// An absence of more days than this.
    pub more_than_days: u32,
    /// How sure.
    pub mark: Mark,
}

/// How a confirmation runs on after a clock stop: s.85(3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunOnRule {
    /// Days beginning with the day on which the stop ends.
    pub days: u32,
    /// How sure.
    pub mark: Mark,
}

/// How sure each row of the table of s.82 is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodMarks {
    /// Imprisonment.
    pub imprisonment: Mark,
    /// Admission to hospital.
    pub hospital: Mark,
    /// A caution.
    pub caution: Mark,
    /// A conditional discharge.
    pub conditional_discharge: Mark,
    /// Anything else: seen in a secondary source.
    pub other: Mark,
}

/// The table of s.82.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodTable {
    /// Imprisonment of so many months or more makes the period indefinite.
    pub indefinite_from_months: u32,
    /// Imprisonment of more months than this, and fewer than that, makes the long period.
    pub long_over_months: u32,
    /// The long period.
    pub long_months: u32,
    /// The period for shorter imprisonment.
    pub short_months: u32,
    /// Admission to hospital without a restriction order.
    pub hospital_months: u32,
    /// A caution.
    pub caution_months: u32,
    /// Anything else.
    pub other_months: u32,
    /// Percent of a period for those under 18 on the relevant date, where it is halved.
    pub under_18_percent: u32,
    /// How sure.
    pub marks: PeriodMarks,
}

/// When an indefinite period may be reviewed: ss.91A to 91C.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewRule {
    /// Years for those 18 or over on the relevant date.
    pub adult_years: u32,
    /// Years for those under 18.
    pub under_18_years: u32,
    /// Years after a refusal.
    pub after_refusal_years: u32,
    /// The most that the police may set instead.
    pub after_refusal_cap_years: u32,
    /// How sure the cap is.
    pub cap_mark: Mark,
    /// How sure the rest is.
    pub mark: Mark,
    /// Days within which an application is acknowledged.
    pub acknowledge_days: u32,
    /// Days within which the responsible bodies reply.
    pub bodies_reply_days: u32,
    /// Weeks within which it is decided.
    pub decide_weeks: u32,
    /// Days within which a refusal may be appealed.
    pub appeal_days: u32,
    /// How sure the timetable is.
    pub timetable_mark: Mark,
}

/// When a stay in a household with somebody under 18 is notifiable: reg 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChildHouseholdRule {
    /// A stay of so many hours or more.
    pub hours: u32,
    /// How sure.
    pub mark: Mark,
}

/// All rules of notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationRules {
    /// The name by which duties cite them.
    pub version: String,
    /// The duties' rules.
    pub rules: Vec<Rule>,
    /// Advance notice.
    pub advance_notice: AdvanceNoticeRule,
    /// Stays.
    pub stays: StayRule,
    /// Households with somebody under 18.
    pub child_household: ChildHouseholdRule,
    /// Absence from home.
    pub absence: AbsenceRule,
    /// Confirmations after a clock stop.
    pub confirmation_after_stop: RunOnRule,
    /// Days back to which a duty that was met late is still suspected, by when it was met and by when its failure
    /// could first be seen; one that goes on is whatever its age. `[I]` A few weeks: a lapse is seen while it goes
    /// on, and old notifications may never have been sent here.
    pub late_lookback_days: u32,
    /// How long notification lasts.
    pub periods: PeriodTable,
    /// Reviews of an indefinite period.
    pub reviews: ReviewRule,
}

/// The rules cannot be had.
#[derive(Debug, Error)]
#[error("the notification rules cannot be read: {0}")]
pub struct RulesError(#[from] serde_json::Error);

impl NotificationRules {
    /// The rules built into the program.
    ///
    /// # Errors
    /// When they are malformed, which a test rules out.
    pub fn built_in() -> Result<Self, RulesError> {
        Ok(serde_json::from_str(BUILT_IN)?)
    }

    /// The rule of a duty whose trigger was on that day; none where there was none in force.
    #[must_use]
    pub fn in_force(&self, code: DutyCode, day: CivilDate) -> Option<&Rule> {
        let of_code = self.rules.iter().filter(|rule| rule.code == code);
        let holds = of_code.filter(|rule| {
            rule.effective_from.is_some_and(|from| from <= day) && rule.effective_until.is_none_or(|until| until >= day)
        });
        holds.max_by_key(|rule| rule.effective_from)
    }

    /// The first day on which a duty was law; none where it is not known to be yet.
    #[must_use]
    pub fn commenced_on(&self, code: DutyCode) -> Option<CivilDate> {
        self.rules.iter().filter(|rule| rule.code == code).filter_map(|rule| rule.effective_from).min()
    }
}
