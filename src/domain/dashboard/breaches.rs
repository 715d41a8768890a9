//! Breaches without a crime report: every breach gets one within a day (national crime recording).

use serde::Serialize;
use utoipa::ToSchema;

use super::backlog::bands;
use super::list::{Entries, List};
use super::risk::named;
use super::{Known, count};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::flag::FlagCode;
use crate::domain::moment::Moment;
use crate::domain::reference::Ref;
use crate::domain::standing::{CaseStanding, OpenBreach};

/// One breach without a crime report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreportedBreach<'a> {
    /// Whose it is.
    pub case: &'a CaseStanding,
    /// The breach.
    pub breach: &'a OpenBreach,
    /// When its crime report was due.
    pub due_at: Instant,
}

impl UnreportedBreach<'_> {
    /// Its place in the order: the oldest first, then the reference.
    #[must_use]
    pub const fn place(&self) -> (Instant, &Ref) {
        (self.breach.discovered_at, &self.breach.breach_ref)
    }
}

/// The breaches without a crime report, the oldest first.
#[must_use]
pub fn oldest_first(cases: &[CaseStanding]) -> Vec<UnreportedBreach<'_>> {
    let mut listed: Vec<UnreportedBreach<'_>> = cases.iter().flat_map(unreported).collect();
    listed.sort_by(|a, b| a.place().cmp(&b.place()));
    listed
}

fn unreported(case: &CaseStanding) -> impl Iterator<Item = UnreportedBreach<'_>> {
    let breaches = case.standing.breaches.iter();
    breaches.filter_map(move |breach| Some(UnreportedBreach { case, breach, due_at: breach.crime_report_due_at? }))
}

/// Breaches without a crime report, with their age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BreachFigures)]
pub struct Breaches {
    /// The flag that each of them has.
    pub flag: &'static str,
    /// Breaches.
    pub size: u32,
    /// Offenders whose breaches these are.
    pub offenders: u32,
    /// Whole hours since the oldest was discovered; 0 where there is none.
    pub oldest_hours: u32,
    /// By the hours since they were discovered.
    pub bands: Vec<HourBand>,
    /// The oldest.
    pub oldest: Vec<BreachItem>,
    /// Where all are listed, the oldest first.
    #[schema(value_type = String)]
    pub list: List,
    /// Breaches without a decision that says why, more than the allowed days after discovery: the flag
    /// `breach_without_decision`. Some of them are without a crime report too.
    pub without_decision: u32,
    /// Where those are listed.
    #[schema(value_type = String)]
    pub without_decision_list: List,
}

/// Breaches discovered so many hours ago.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HourBand {
    /// More hours than this.
    pub over_hours: u32,
    /// Up to so many hours; empty for the last band.
    pub up_to_hours: Option<u32>,
    /// Breaches.
    pub size: u32,
}

/// One breach of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BreachItem {
    /// The breach.
    #[schema(value_type = String)]
    pub breach_ref: Ref,
    /// The offender.
    #[schema(value_type = String)]
    pub offender_ref: Ref,
    /// The team responsible.
    #[schema(value_type = String)]
    pub team_ref: Ref,
    /// Whom the case is allocated to, in post or not.
    #[schema(value_type = Option<String>)]
    pub manager_ref: Option<Ref>,
    /// The bucket the case is in.
    pub bucket: &'static str,
    /// `very_high`, `high`, `medium`, `low` or `unknown`.
    pub risk: &'static str,
    /// When the police learned of it.
    #[schema(value_type = String, format = DateTime)]
    pub discovered_at: Instant,
    /// When its crime report was due.
    #[schema(value_type = String, format = DateTime)]
    pub crime_report_due_at: Instant,
    /// Whole hours since it was discovered.
    pub age_hours: u32,
    /// Whole days since it was discovered, of 24 hours each.
    pub age_days: u32,
    /// Whole hours since its crime report was due.
    pub hours_overdue: u32,
    /// When its decision was due; empty where it has one, or still has time.
    #[schema(value_type = Option<String>, format = Date)]
    pub decision_due_on: Option<CivilDate>,
}

impl BreachItem {
    /// The breach as it is shown at a moment.
    #[must_use]
    pub fn of(unreported: &UnreportedBreach<'_>, at: Moment) -> Self {
        let UnreportedBreach { case, breach, due_at } = unreported;
        let age_hours = hours(breach.discovered_at, at);
        Self {
            breach_ref: breach.breach_ref.clone(),
            offender_ref: case.offender_ref.clone(),
            team_ref: case.team_ref.clone(),
            manager_ref: case.standing.manager_ref.clone(),
            bucket: case.standing.bucket.as_str(),
            risk: named(case.standing.risk),
            discovered_at: breach.discovered_at,
            crime_report_due_at: *due_at,
            age_hours,
            age_days: age_hours / 24,
            hours_overdue: hours(*due_at, at),
            decision_due_on: breach.decision_due_on,
        }
    }
}

/// Whole hours since an instant.
fn hours(since: Instant, at: Moment) -> u32 {
    u32::try_from(at.now().signed_duration_since(since).num_hours()).unwrap_or_default()
}

impl Breaches {
    pub(super) fn of(known: Known<'_>) -> Self {
        let listed = oldest_first(known.cases);
        let ages: Vec<u32> = listed.iter().map(|it| hours(it.breach.discovered_at, known.at)).collect();
        let bands = bands(&ages, &known.policy.dashboard.breach_bands_hours).into_iter();
        let code = FlagCode::BreachWithoutCrimeReport;
        let undecided = |it: &&OpenBreach| it.decision_due_on.is_some();
        Self {
            flag: code.as_str(),
            size: count(listed.iter()),
            offenders: count(known.standings().filter(|standing| standing.has(code))),
            oldest_hours: ages.iter().copied().max().unwrap_or_default(),
            bands: bands.map(|(over_hours, up_to_hours, size)| HourBand { over_hours, up_to_hours, size }).collect(),
            oldest: listed
                .iter()
                .take(known.policy.dashboard.worst_shown)
                .map(|it| BreachItem::of(it, known.at))
                .collect(),
            list: known.list(Entries::BreachesWithoutCrimeReport),
            without_decision: count(known.standings().flat_map(|it| &it.breaches).filter(undecided)),
            without_decision_list: known.list(Entries::Flags(FlagCode::BreachWithoutDecision)),
        }
    }
}
