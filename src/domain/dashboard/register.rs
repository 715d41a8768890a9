//! The register: every offender in exactly one bucket, so that nobody is out of sight.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::list::{Entries, List};
use super::risk::{ByRisk, named};
use super::{FlagFigure, Known, count};
use crate::domain::calendar::{CivilDate, days_between};
use crate::domain::flag::FlagCode;
use crate::domain::offender::OffenderStatus;
use crate::domain::reference::Ref;
use crate::domain::standing::{Bucket, CaseStanding};

/// Every offender on the register, each in one bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RegisterFigures)]
pub struct Register {
    /// Offenders on the register: the sum of the buckets.
    pub size: u32,
    /// Of those, in the community.
    pub in_community: u32,
    /// The buckets, in the order in which they are tried.
    pub buckets: Vec<BucketFigure>,
    /// Those outside, by the reason: `custody`, `hospital`, `abroad`, `missing`, `notification_ended`
    /// (in the community by the record, and no longer subject to notification), `deported`,
    /// `transferred_out`, `deceased`, `period_ended`.
    pub outside: BTreeMap<&'static str, u32>,
}

/// One bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BucketFigure {
    /// `outside`, `unallocated`, `plan_incomplete`, `reactive` or `managed`.
    pub bucket: &'static str,
    /// Offenders in it.
    pub size: u32,
    /// By the level of their current ARMS assessment.
    pub by_risk: ByRisk,
    /// Of those, offenders whom nobody in post manages: over all buckets, the flag `unallocated`.
    pub unallocated: u32,
    /// Of those, placed in reactive management: over all buckets, everybody placed in it.
    pub reactive: u32,
    /// Where they are listed.
    #[schema(value_type = String)]
    pub list: List,
}

impl Register {
    pub(super) fn of(known: Known<'_>) -> Self {
        let bucket = |bucket: Bucket| {
            let within = || known.standings().filter(move |standing| standing.bucket == bucket);
            BucketFigure {
                bucket: bucket.as_str(),
                size: count(within()),
                by_risk: ByRisk::of(within().map(|standing| standing.risk)),
                unallocated: count(within().filter(|standing| standing.has(FlagCode::Unallocated))),
                reactive: count(within().filter(|standing| standing.reactive)),
                list: known.list(Entries::InBucket(bucket)),
            }
        };
        let mut outside: BTreeMap<&'static str, u32> = BTreeMap::new();
        for standing in known.standings().filter(|standing| standing.bucket == Bucket::Outside) {
            *outside.entry(why_outside(standing.status)).or_default() += 1;
        }
        Self {
            size: count(known.cases.iter()),
            in_community: count(known.in_community()),
            buckets: Bucket::ALL.into_iter().map(bucket).collect(),
            outside,
        }
    }
}

/// Why somebody who is not in the community is outside. The record's status says it, save where only the
/// end of notification does.
const fn why_outside(status: OffenderStatus) -> &'static str {
    match status {
        OffenderStatus::Community => "notification_ended",
        OffenderStatus::Custody => "custody",
        OffenderStatus::Hospital => "hospital",
        OffenderStatus::Abroad => "abroad",
        OffenderStatus::Missing => "missing",
        OffenderStatus::Deported => "deported",
        OffenderStatus::TransferredOut => "transferred_out",
        OffenderStatus::Deceased => "deceased",
        OffenderStatus::PeriodEnded => "period_ended",
    }
}

/// Cases that nobody in post manages, wherever the offender is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = UnallocatedFigures)]
pub struct UnallocatedCases {
    /// All of them: the flag `unallocated`.
    pub all: FlagFigure,
    /// Of those, in the community.
    pub in_community: u32,
    /// Of those, cases whose record changed while nobody managed them: the flag
    /// `record_changed_while_unallocated`.
    pub record_changed: FlagFigure,
    /// By the reason and the name they stand in, the most cases first.
    pub by_holder: Vec<HolderFigure>,
}

/// Unallocated cases in one name, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HolderFigure {
    /// Why nobody manages them, such as `manager_left` or `held_by_supervisor`.
    pub reason: String,
    /// In whose name they stand; empty where in nobody's.
    #[schema(value_type = Option<String>)]
    pub holder_ref: Option<Ref>,
    /// Cases.
    pub size: u32,
    /// Of those, in the community.
    pub in_community: u32,
    /// The highest ARMS level among them; `unknown` where none has one.
    pub worst_risk: &'static str,
    /// Days since the first of them was unallocated.
    pub longest_days: i64,
}

impl UnallocatedCases {
    pub(super) fn of(known: Known<'_>) -> Self {
        let mut held: BTreeMap<(&str, Option<&Ref>), Vec<&CaseStanding>> = BTreeMap::new();
        for case in known.cases {
            if let Some(gap) = &case.standing.unallocated {
                held.entry((&gap.reason, gap.holder_ref.as_ref())).or_default().push(case);
            }
        }
        let mut by_holder: Vec<HolderFigure> = held
            .into_iter()
            .map(|((reason, holder), cases)| HolderFigure {
                reason: reason.to_owned(),
                holder_ref: holder.cloned(),
                size: count(cases.iter()),
                in_community: count(cases.iter().filter(|case| case.standing.in_community)),
                worst_risk: named(cases.iter().filter_map(|case| case.standing.risk).max()),
                longest_days: since(&cases).map_or(0, |first| days_between(first, known.at.today())),
            })
            .collect();
        by_holder.sort_by_key(|holder| Reverse(holder.size));
        let unallocated = |case: &&CaseStanding| case.standing.has(FlagCode::Unallocated);
        Self {
            all: known.flagged(FlagCode::Unallocated),
            in_community: count(known.in_community().filter(unallocated)),
            record_changed: known.flagged(FlagCode::RecordChangedWhileUnallocated),
            by_holder,
        }
    }
}

fn since(cases: &[&CaseStanding]) -> Option<CivilDate> {
    cases.iter().filter_map(|case| case.standing.unallocated.as_ref()).map(|gap| gap.since).min()
}
