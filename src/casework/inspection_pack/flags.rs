//! A pack's flags: all that held at some time in the span, by reference, with their ages.

use chrono::SecondsFormat;
use serde::Serialize;

use super::table::Table;
use crate::domain::calendar::Instant;
use crate::domain::dashboard::past::PastFlag;
use crate::domain::inspection_span::InspectionSpan;
use crate::domain::reference::Ref;

/// A flag that held in the span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackedFlag {
    /// Its id.
    pub id: String,
    /// Its code.
    pub flag: &'static str,
    /// `high`, `medium` or `info`.
    pub severity: &'static str,
    /// What it was raised on: `offender`, `breach`, `officer` or `team`.
    pub subject_kind: &'static str,
    /// Which.
    pub subject: Ref,
    /// The offender concerned, where there is one.
    pub offender_ref: Option<Ref>,
    /// When it was raised, as the service noticed.
    pub raised_at: Instant,
    /// When it was cleared; empty where it still held as the span ended.
    pub cleared_at: Option<Instant>,
    /// It held already as the span began.
    pub open_at_start: bool,
    /// It was raised in the span.
    pub raised_in_span: bool,
    /// It was cleared in the span.
    pub cleared_in_span: bool,
    /// For how many whole days it had held when it was cleared, or as the span ended.
    pub age_days: i64,
}

impl PackedFlag {
    fn of(flag: PastFlag, span: &InspectionSpan) -> Self {
        let (raised_at, end) = (flag.span.raised_at, span.ends());
        let cleared_at = flag.span.cleared_at.filter(|cleared| *cleared <= end);
        let (code, begins) = (flag.code(), span.begins());
        Self {
            id: flag.id,
            flag: code.as_str(),
            severity: code.severity().as_str(),
            subject_kind: code.subject_kind().as_str(),
            subject: flag.subject,
            offender_ref: flag.offender_ref,
            raised_at,
            cleared_at,
            open_at_start: raised_at < begins,
            raised_in_span: raised_at >= begins,
            cleared_in_span: cleared_at.is_some(),
            age_days: (cleared_at.unwrap_or(end) - raised_at).num_days(),
        }
    }
}

/// The flags, the longest-standing first.
#[must_use]
pub fn packed(flags: Vec<PastFlag>, span: &InspectionSpan) -> Vec<PackedFlag> {
    flags.into_iter().map(|flag| PackedFlag::of(flag, span)).collect()
}

/// A row a flag.
#[must_use]
pub fn flags_table(flags: &[PackedFlag]) -> Table {
    let mut table = Table::with_columns([
        "id",
        "flag",
        "severity",
        "subject_kind",
        "subject",
        "offender_ref",
        "raised_at",
        "cleared_at",
        "open_at_start",
        "raised_in_span",
        "cleared_in_span",
        "age_days",
    ]);
    let instant = |at: Instant| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    for flag in flags {
        table.row([
            flag.id.as_str(),
            flag.flag,
            flag.severity,
            flag.subject_kind,
            flag.subject.as_str(),
            flag.offender_ref.as_ref().map_or("", Ref::as_str),
            &instant(flag.raised_at),
            &flag.cleared_at.map(instant).unwrap_or_default(),
            &flag.open_at_start.to_string(),
            &flag.raised_in_span.to_string(),
            &flag.cleared_in_span.to_string(),
            &flag.age_days.to_string(),
        ]);
    }
    table
}
