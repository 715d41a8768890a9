//! Cases that nobody can take: told with the reason and the smallest change that would give each a manager, never dropped.

use serde::Serialize;

use super::assignment::Assignment;
use super::cost::Costs;
use super::manager::NotPutForward;
use super::question::{OpenCase, Question};
use crate::domain::reference::Ref;

/// Why nobody can take a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnmetReason {
    /// No offender manager of the team can be put forward.
    NoManager,
    /// The case's limited access shuts out every manager who can be put forward.
    ShutOut,
    /// Every manager whom it admits is at their limit, with cases of as high a risk or higher.
    AtLimit,
}

/// What could be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// An officer completes the courses that their post needs.
    CompleteCourses,
    /// A vacant post is filled.
    FillVacancy,
    /// An offender manager is appointed, or comes back.
    AppointManager,
    /// A detective inspector admits a manager to the case.
    AdmitManager,
    /// A manager's limit is raised.
    RaiseLimit,
}

/// The smallest change that would give a case a manager, all that comes before it being done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SmallestChange {
    /// What to change.
    pub change: Change,
    /// Whose, where it is an officer's.
    pub officer_ref: Option<Ref>,
    /// Which post, where it is one.
    pub post_ref: Option<Ref>,
    /// The limit that it would take, where it is one.
    pub limit: Option<u32>,
    /// The change in words.
    pub text: String,
}

/// Why nobody can take a case, and what would help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The case, by its place in the question.
    pub case: usize,
    /// Why.
    pub why: UnmetReason,
    /// The facts.
    pub detail: String,
    /// What would help.
    pub smallest_change: SmallestChange,
}

/// Every case without a manager, in the question's order.
#[must_use]
pub fn unmet(costs: &Costs<'_>, assignment: &Assignment) -> Vec<Unmet> {
    let mut promised = Promised { raised: vec![0; costs.question.managers.len()], filled: 0 };
    let open = assignment.by_case.iter().enumerate().filter(|(_, manager)| manager.is_none());
    open.map(|(case, _)| one(costs, assignment, &mut promised, case)).collect()
}

/// What the changes told so far would give room for.
struct Promised {
    /// By manager: how far their limit is raised over what they would have.
    raised: Vec<u32>,
    /// Cases for whoever fills a vacancy.
    filled: u32,
}

fn one(costs: &Costs<'_>, assignment: &Assignment, promised: &mut Promised, case: usize) -> Unmet {
    let question = costs.question;
    let count = question.managers.len();
    let (why, detail, smallest_change) = if count == 0 {
        let detail = "no offender manager of the team can be put forward".to_owned();
        (UnmetReason::NoManager, detail, staff(question, promised))
    } else if costs.admitted(case).next().is_none() {
        let detail = format!("limited access shuts out all {count} managers who can be put forward");
        (UnmetReason::ShutOut, detail, admit(costs, assignment, case))
    } else {
        let admitted = costs.admitted(case).count();
        let detail = format!("all {admitted} managers who could take it are at their limit");
        (UnmetReason::AtLimit, detail, room(costs, assignment, promised, case))
    };
    Unmet { case, why, detail, smallest_change }
}

fn change(change: Change, text: String) -> SmallestChange {
    SmallestChange { change, officer_ref: None, post_ref: None, limit: None, text }
}

/// Somebody more: who lacks no more than courses, else who fills a vacancy, else anybody.
fn staff(question: &Question, promised: &mut Promised) -> SmallestChange {
    let lacks_courses = |reason: NotPutForward| reason == NotPutForward::CourseMissing;
    if let Some(absent) = question.absent.iter().find(|absent| lacks_courses(absent.reason)) {
        let text = format!("{} completes the courses that the post needs", absent.officer_ref);
        return SmallestChange {
            officer_ref: Some(absent.officer_ref.clone()),
            ..change(Change::CompleteCourses, text)
        };
    }
    fill(question, promised).unwrap_or_else(|| {
        change(Change::AppointManager, "an offender manager is appointed to the team, or comes back to it".to_owned())
    })
}

/// A vacant post that has not been promised as many cases as the policy's limit allows.
fn fill(question: &Question, promised: &mut Promised) -> Option<SmallestChange> {
    let at = promised.filled.checked_div(question.policy_limit)?;
    let post = question.vacancies.get(usize::try_from(at).ok()?)?;
    promised.filled += 1;
    let text = format!("the vacant post {post} is filled");
    Some(SmallestChange { post_ref: Some(post.clone()), ..change(Change::FillVacancy, text) })
}

/// The manager who has most room for their capacity is admitted.
fn admit(costs: &Costs<'_>, assignment: &Assignment, case: usize) -> SmallestChange {
    let managers = 0..costs.question.managers.len();
    let best = managers.min_by_key(|manager| {
        let is_full = !assignment.has_room(costs, case, *manager);
        let burden = u64::from(assignment.holdings[*manager].burden);
        (is_full, burden * 100 / u64::from(costs.question.managers[*manager].capacity_percent.max(1)))
    });
    let officer_ref = best.map(|manager| costs.question.managers[manager].officer_ref.clone());
    let named = officer_ref.as_ref().map_or("a manager", Ref::as_str);
    let text = format!("a detective inspector admits {named} to the case");
    SmallestChange { officer_ref, ..change(Change::AdmitManager, text) }
}

/// Room for one case more: a limit raised that stays within the policy's, else a vacancy filled, else a limit raised past it.
fn room(costs: &Costs<'_>, assignment: &Assignment, promised: &mut Promised, case: usize) -> SmallestChange {
    let question = costs.question;
    let needs = |manager: usize| assignment.holdings[manager].load.cases + promised.raised[manager] + 1;
    let raised_by = |manager: usize| needs(manager).saturating_sub(question.managers[manager].limit);
    let cheapest = costs.admitted(case).min_by_key(|manager| {
        let limit = needs(*manager);
        (limit > question.policy_limit, raised_by(*manager), assignment.taking(costs, case, *manager))
    });
    let Some(manager) = cheapest else { return staff(question, promised) };
    let (limit, by) = (needs(manager), raised_by(manager));
    if limit > question.policy_limit
        && let Some(filled) = fill(question, promised)
    {
        return filled;
    }
    promised.raised[manager] += 1;
    let (officer_ref, before) = (&question.managers[manager].officer_ref, question.managers[manager].limit);
    let past = if limit > question.policy_limit { ", past the policy's" } else { "" };
    let text = format!("the limit of {officer_ref} is raised from {before} to {limit}, by {by}{past}");
    SmallestChange { officer_ref: Some(officer_ref.clone()), limit: Some(limit), ..change(Change::RaiseLimit, text) }
}

/// Whom a case shuts out and who is at their limit, of those put forward; whoever it goes to aside.
#[must_use]
pub fn ruled_out(costs: &Costs<'_>, assignment: &Assignment, case: usize) -> (usize, usize) {
    let OpenCase { shut_out, .. } = &costs.question.cases[case];
    let others = costs.admitted(case).filter(|manager| assignment.by_case[case] != Some(*manager));
    (shut_out.len(), others.filter(|manager| !assignment.has_room(costs, case, *manager)).count())
}
