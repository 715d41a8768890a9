//! Disposals: what made somebody a relevant offender, and for how long (SOA 2003 ss.80, 82).
//!
//! The arithmetic stands in [`super::notification_duty::period`], the numbers in the notification rules.

use serde::{Deserialize, Serialize};

use super::calendar::CivilDate;
use super::reference::Ref;

/// How somebody became a relevant offender: s.80(1)(a) to (d). `[S]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisposalBasis {
    /// Convicted.
    Conviction,
    /// Found not guilty by reason of insanity, or under a disability and to have done the act.
    Finding,
    /// Cautioned.
    Caution,
}

/// One term of imprisonment. A suspended term counts by its length. `[S, secondary]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// Whole months.
    pub months: u32,
    /// Days beyond them.
    #[serde(default)]
    pub days: u32,
    /// Suspended, which changes nothing here.
    #[serde(default)]
    pub suspended: bool,
    /// Consecutive to the term before it; otherwise concurrent with what came before. `[S]` s.82(4)
    #[serde(default)]
    pub consecutive: bool,
}

/// What the court or the police imposed, as the table of s.82 tells it apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Sentence {
    /// Imprisonment for life.
    Life,
    /// Imprisonment for public protection, or another sentence without an end.
    Indeterminate,
    /// Imprisonment, immediate or suspended, in one or more terms.
    Imprisonment {
        /// The terms, in the order in which they were passed.
        terms: Vec<Term>,
    },
    /// Admission to a hospital.
    HospitalOrder {
        /// With a restriction order.
        restriction: bool,
    },
    /// A caution.
    Caution,
    /// A conditional discharge.
    ConditionalDischarge {
        /// Its length in whole months.
        months: u32,
        /// Days beyond them.
        #[serde(default)]
        days: u32,
    },
    /// Anything else: a community order, a fine.
    Other,
}

/// An application for the review of an indefinite period: ss.91B and 91C.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewApplication {
    /// The day on which the police received it.
    pub received_on: CivilDate,
    /// The day on which the responsible bodies were asked.
    pub bodies_asked_on: Option<CivilDate>,
    /// The day of the determination; empty while it is open.
    pub decided_on: Option<CivilDate>,
    /// Whether it was refused; of no account before it is decided.
    #[serde(default)]
    pub refused: bool,
    /// Years until the next, where the police set more than the usual number.
    pub years_until_next: Option<u32>,
}

/// What made somebody a relevant offender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposal {
    /// Of whom.
    pub offender_ref: Ref,
    /// How.
    pub basis: DisposalBasis,
    /// What was imposed.
    pub sentence: Sentence,
    /// The date from which the period runs: s.82(6).
    pub relevant_date: CivilDate,
    /// Under 18 on the relevant date, which halves some periods: s.82(2).
    pub under_18_at_relevant_date: bool,
    /// The day of the first notification under s.83(1), where it is known better than by the notifications held.
    pub first_notified_on: Option<CivilDate>,
    /// Applications for the review of an indefinite period.
    #[serde(default)]
    pub review_applications: Vec<ReviewApplication>,
    /// Who entered it, or changed it last.
    #[serde(default)]
    pub entered_by: Option<Ref>,
    /// Why it was changed last.
    #[serde(default)]
    pub reason: Option<String>,
}
