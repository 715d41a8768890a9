//! The facts behind a standing: those of a flag are the flag's own evidence, so that a list shows what
//! the flag tells.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::calendar::{CivilDate, Instant, minus_days};
use crate::domain::flag::{Case, Flag, FlagCode};
use crate::domain::reactive_suspension::{self, Suspension};
use crate::domain::reference::Ref;
use crate::domain::visit::{Visit, VisitMode, VisitOutcome};

/// Why nobody manages a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unallocated {
    /// The reason of the flag, such as `manager_left`.
    pub reason: String,
    /// Since when.
    pub since: CivilDate,
    /// In whose name the case stands, where it is somebody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder_ref: Option<Ref>,
}

/// The last contact at which the offender was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastContact {
    /// When.
    pub on: CivilDate,
    /// How.
    pub mode: VisitMode,
}

/// Contacts at which the offender was seen, by how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Contacts {
    /// At home, and the home inspected.
    pub home_inspected: u32,
    /// At home, and the home not inspected.
    pub home_not_inspected: u32,
    /// On the doorstep.
    pub doorstep: u32,
    /// At a police station.
    pub station: u32,
    /// At an office.
    pub office: u32,
    /// By telephone.
    pub phone: u32,
    /// By video.
    pub video: u32,
    /// Otherwise.
    pub other: u32,
}

impl Contacts {
    /// Those that never show the home.
    #[must_use]
    pub const fn remote(&self) -> u32 {
        self.doorstep + self.station + self.office + self.phone + self.video
    }

    fn count(&mut self, visit: &Visit) {
        let counted = match visit.mode {
            VisitMode::Home if visit.is_qualifying() => &mut self.home_inspected,
            VisitMode::Home => &mut self.home_not_inspected,
            VisitMode::Doorstep => &mut self.doorstep,
            VisitMode::Station => &mut self.station,
            VisitMode::Office => &mut self.office,
            VisitMode::Phone => &mut self.phone,
            VisitMode::Video => &mut self.video,
            VisitMode::Other => &mut self.other,
        };
        *counted += 1;
    }
}

/// A breach without a crime report or without a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenBreach {
    /// The breach.
    pub breach_ref: Ref,
    /// When the police learned of it.
    pub discovered_at: Instant,
    /// When its crime report was due; only where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crime_report_due_at: Option<Instant>,
    /// When its decision was due; only where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_due_on: Option<CivilDate>,
}

/// A review of reactive management that is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactiveReview {
    /// The day of the last one; of the placement, where there was none.
    pub last_on: CivilDate,
    /// The last day of the yearly one.
    pub due_on: CivilDate,
    /// What calls for it: `yearly_review`, `breach`, `intelligence`, `order`, `new_address`.
    pub causes: Vec<String>,
}

/// A suspension of reactive management that no inspector has decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspended {
    /// Since the day of the first trigger.
    pub since: CivilDate,
    /// The last day for the decision.
    pub decide_by: CivilDate,
    /// True when that day has passed.
    pub overdue: bool,
}

/// An action of the current plan that is overdue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverdueAction {
    /// Its reference within the plan.
    pub action_ref: Ref,
    /// When it was due.
    pub due_on: CivilDate,
    /// Whose it is; empty where it is nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_ref: Option<Ref>,
}

fn raised<'a>(flags: &[&'a Flag], code: FlagCode) -> Option<&'a Flag> {
    flags.iter().copied().find(|flag| flag.code == code)
}

fn member<T: DeserializeOwned>(evidence: &Value, name: &str) -> Option<T> {
    T::deserialize(evidence.get(name)?).ok()
}

/// A date of a flag's evidence, where the flag is raised.
pub(super) fn date(flags: &[&Flag], code: FlagCode, name: &str) -> Option<CivilDate> {
    member(&raised(flags, code)?.evidence, name)
}

pub(super) fn unallocated(flags: &[&Flag]) -> Option<Unallocated> {
    let flag = raised(flags, FlagCode::Unallocated)?;
    Some(Unallocated {
        reason: flag.reason?.to_owned(),
        since: member(&flag.evidence, "unallocated_since")?,
        holder_ref: member(&flag.evidence, "holder_ref"),
    })
}

pub(super) fn last_contact(case: Case<'_>) -> Option<LastContact> {
    let seen = case.file.visits_made(case.at).filter(|visit| visit.outcome == VisitOutcome::Seen);
    seen.max_by_key(|visit| visit.attempted_at).map(|visit| LastContact { on: visit.date(), mode: visit.mode })
}

/// Over the days that `remote_contact_only` looks back.
pub(super) fn contacts(case: Case<'_>) -> Contacts {
    let since = minus_days(case.at.today(), case.policy.remote_contact_days);
    let mut contacts = Contacts::default();
    for visit in case.file.visits_made(case.at) {
        if visit.outcome == VisitOutcome::Seen && visit.date() >= since {
            contacts.count(visit);
        }
    }
    contacts
}

/// By breach, in the order of their references.
pub(super) fn breaches(flags: &[&Flag]) -> Vec<OpenBreach> {
    let mut breaches: Vec<OpenBreach> = Vec::new();
    for flag in flags {
        let without_report = flag.code == FlagCode::BreachWithoutCrimeReport;
        if !without_report && flag.code != FlagCode::BreachWithoutDecision {
            continue;
        }
        let Some(discovered_at) = member(&flag.evidence, "discovered_at") else { continue };
        let known = breaches.iter_mut().find(|breach| breach.breach_ref == flag.subject);
        let crime_report_due_at = member(&flag.evidence, "crime_report_due_at");
        let decision_due_on = member(&flag.evidence, "decision_due_on");
        match known {
            Some(breach) => {
                breach.crime_report_due_at = breach.crime_report_due_at.or(crime_report_due_at);
                breach.decision_due_on = breach.decision_due_on.or(decision_due_on);
            }
            None => breaches.push(OpenBreach {
                breach_ref: flag.subject.clone(),
                discovered_at,
                crime_report_due_at,
                decision_due_on,
            }),
        }
    }
    breaches.sort_by(|a, b| a.breach_ref.cmp(&b.breach_ref));
    breaches
}

pub(super) fn reactive_review(flags: &[&Flag]) -> Option<ReactiveReview> {
    let evidence = &raised(flags, FlagCode::ReactiveReviewDue)?.evidence;
    Some(ReactiveReview {
        last_on: member(evidence, "last_reviewed_on")?,
        due_on: member(evidence, "due_on")?,
        causes: member(evidence, "causes")?,
    })
}

pub(super) fn suspended(case: Case<'_>) -> Option<Suspended> {
    let suspension = reactive_suspension::suspended(case.file, case.at, case.policy)?;
    let Suspension { since, decide_by, overdue, .. } = suspension;
    Some(Suspended { since, decide_by, overdue })
}

pub(super) fn unmet_criteria(flags: &[&Flag]) -> Vec<String> {
    let criteria =
        raised(flags, FlagCode::ReactiveIneligible).and_then(|flag| flag.evidence.get("criteria")?.as_array());
    criteria.into_iter().flatten().filter_map(|unmet| member(unmet, "criterion")).collect()
}

pub(super) fn overdue_actions(flags: &[&Flag]) -> Vec<OverdueAction> {
    let actions = raised(flags, FlagCode::PlanActionOverdue).and_then(|flag| flag.evidence.get("actions")?.as_array());
    let overdue = actions.into_iter().flatten().filter_map(|action| {
        Some(OverdueAction {
            action_ref: member(action, "ref")?,
            due_on: member(action, "due_on")?,
            owner_ref: member(action, "owner_ref"),
        })
    });
    overdue.collect()
}
