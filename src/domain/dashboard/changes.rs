//! What is new since yesterday: the flags raised and cleared since the day before today began in London.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::list::{Entries, List};
use super::past::PastFlag;
use crate::domain::calendar::{Instant, london_midnight, minus_days};
use crate::domain::flag::FlagCode;
use crate::domain::moment::Moment;
use crate::domain::reference::Ref;

/// What is new since yesterday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChangesSinceYesterday)]
pub struct Changes {
    /// When yesterday began in London.
    #[schema(value_type = String, format = DateTime)]
    pub since: Instant,
    /// Flags raised since then that hold.
    pub raised: ChangedFlags,
    /// Flags cleared since then.
    pub cleared: ChangedFlags,
}

/// Flags raised, or cleared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangedFlags {
    /// Flags.
    pub size: u32,
    /// By code; a code without any is left out.
    #[schema(value_type = std::collections::BTreeMap<String, u32>)]
    pub by_flag: BTreeMap<FlagCode, u32>,
    /// The first of the list: the gravest.
    pub first: Vec<ChangedFlag>,
    /// Where they are all listed.
    #[schema(value_type = String)]
    pub list: List,
}

/// One flag that was raised or cleared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangedFlag {
    /// The flag's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: String,
    /// Its code.
    pub flag: &'static str,
    /// `high`, `medium` or `info`.
    pub severity: &'static str,
    /// What it is raised on.
    pub subject: String,
    /// The offender concerned, where there is one.
    pub offender_ref: Option<String>,
    /// When it was raised.
    #[schema(value_type = String, format = DateTime)]
    pub raised_at: Instant,
    /// When it was cleared; empty while it holds.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub cleared_at: Option<Instant>,
}

/// When yesterday began in London.
#[must_use]
pub fn yesterday_began(at: Moment) -> Instant {
    london_midnight(minus_days(at.today(), 1))
}

impl Changes {
    /// What was new as at a moment, told by the history of flags: what became of one later is left out.
    #[must_use]
    pub fn as_at(flags: &[PastFlag], at: Moment, shown: usize, team: Option<&Ref>) -> Self {
        let since = yesterday_began(at);
        let cleared_by_then = |flag: &PastFlag| flag.span.cleared_at.filter(|cleared| at.has_happened(*cleared));
        let raised = flags.iter().filter(|flag| {
            let raised_at = flag.span.raised_at;
            raised_at >= since && at.has_happened(raised_at) && cleared_by_then(flag).is_none()
        });
        let cleared = flags.iter().filter(|flag| cleared_by_then(flag).is_some_and(|cleared| cleared >= since));
        let told = |flags: Vec<&PastFlag>, entries| {
            let mut by_flag: BTreeMap<FlagCode, u32> = BTreeMap::new();
            for flag in &flags {
                *by_flag.entry(flag.code()).or_default() += 1;
            }
            let mut first = flags;
            first.sort_by_key(|flag| (Reverse(flag.code().severity()), flag.span.raised_at, flag.id.clone()));
            let first = first.into_iter().take(shown).map(|flag| ChangedFlag {
                id: flag.id.clone(),
                flag: flag.code().as_str(),
                severity: flag.code().severity().as_str(),
                subject: flag.subject.to_string(),
                offender_ref: flag.offender_ref.as_ref().map(Ref::to_string),
                raised_at: flag.span.raised_at,
                cleared_at: cleared_by_then(flag),
            });
            ChangedFlags::of(by_flag, first.collect(), entries, team)
        };
        Self {
            since,
            raised: told(raised.collect(), Entries::RaisedSince(since)),
            cleared: told(cleared.collect(), Entries::ClearedSince(since)),
        }
    }
}

impl ChangedFlags {
    /// These flags, with the list that has them all.
    #[must_use]
    pub fn of(by_flag: BTreeMap<FlagCode, u32>, first: Vec<ChangedFlag>, entries: Entries, team: Option<&Ref>) -> Self {
        Self { size: by_flag.values().sum(), by_flag, first, list: List::of(entries, team) }
    }
}
