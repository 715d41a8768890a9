//! The reason of a line in words, made of the proposal's facts: what stands in the case's record once a supervisor has accepted.
//!
//! Whoever may see the case reads it, and some of them see fewer cases than the supervisor does: so the figures of caseloads
//! in it leave out every limited-access case.

use super::cost::{Costs, Pair};
use super::manager::Manager;
use super::proposal::{hundredths, risk_in_words};
use super::question::{MANAGER_LEAVES, OpenCase, Question};

/// Why a case should go to a manager, and who would be next.
#[must_use]
pub fn reason(costs: &Costs<'_>, case: usize, manager: usize, next_best: Option<usize>) -> String {
    let (question, open) = (costs.question, &costs.question.cases[case]);
    let why = why(open);
    let first = about(costs, case, manager);
    let mean = mean_open_to_all(question);
    let next = match next_best {
        Some(next) => format!("Next: {}.", about(costs, case, next)),
        None => "Nobody else could take it within the limits.".to_owned(),
    };
    format!(
        "Allocation proposal of {}: {} risk, {why}. {first}; the mean workload of the team's managers is {}. {next}",
        question.as_of,
        risk_in_words(open.facts.risk),
        hundredths(mean),
    )
}

fn why(case: &OpenCase) -> String {
    if case.facts.reason == MANAGER_LEAVES {
        return "its manager leaves".to_owned();
    }
    format!("{} since {}", case.facts.reason.replace('_', " "), case.facts.since)
}

/// A manager as it concerns a case.
fn about(costs: &Costs<'_>, case: usize, manager: usize) -> String {
    let Manager { officer_ref, limit, capacity_percent, open_to_all, .. } = &costs.question.managers[manager];
    let mut told = format!(
        "{officer_ref} has {} cases of at most {limit} and a workload of {}",
        open_to_all.cases, open_to_all.workload
    );
    if *capacity_percent < 100 {
        told += &format!(" at {capacity_percent}% of full time");
    }
    if let Some(Pair { metres, is_earlier_manager, skills_missing, .. }) = costs.pair(case, manager) {
        told += &metres.map_or(", distance not known".to_owned(), |metres| format!(", {} km away", kilometres(metres)));
        told += if *is_earlier_manager { ", managed the case before" } else { "" };
        if *skills_missing > 0 {
            told += &format!(", lacks {skills_missing} of the skills asked for");
        }
    }
    told
}

/// Metres as kilometres, to the hundred metres.
fn kilometres(metres: u32) -> String {
    format!("{}.{}", metres / 1_000, metres % 1_000 / 100)
}

/// The mean workload of what no limited access hides, in hundredths.
fn mean_open_to_all(question: &Question) -> u32 {
    let total: u32 = question.managers.iter().map(|manager| manager.open_to_all.workload).sum();
    let count = u32::try_from(question.managers.len()).unwrap_or(u32::MAX);
    total.saturating_mul(100).checked_div(count).unwrap_or_default()
}
