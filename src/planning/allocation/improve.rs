//! Evening out: one case moved, or two swapped, as long as that costs less. What comes out no single move or swap improves.

use super::assignment::Assignment;
use super::cost::Costs;

/// Moves and swaps until nothing is gained. Every step costs less than the one before, in whole numbers, so that there is an end.
pub fn improve(costs: &Costs<'_>, assignment: &mut Assignment) {
    while move_each(costs, assignment) | swap_each(costs, assignment) {}
}

/// Moves each case to whom it then costs least; true where one was moved.
fn move_each(costs: &Costs<'_>, assignment: &mut Assignment) -> bool {
    let mut is_moved = false;
    for case in 0..assignment.by_case.len() {
        if let Some(to) = best_move(costs, assignment, case).filter(|(gain, _)| *gain < 0).map(|(_, to)| to) {
            assignment.give(costs, case, to);
            is_moved = true;
        }
    }
    is_moved
}

/// Whom a case would best move to, and what that costs more; nobody where the limits and the case leave nobody else.
#[must_use]
pub fn best_move(costs: &Costs<'_>, assignment: &Assignment, case: usize) -> Option<(i64, usize)> {
    let from = assignment.by_case[case]?;
    let others = costs.admitted(case).filter(|to| *to != from && assignment.has_room(costs, case, *to));
    others.filter_map(|to| Some((assignment.moving(costs, case, to)?, to))).min()
}

/// Swaps each two cases where that costs less; true where two were swapped.
fn swap_each(costs: &Costs<'_>, assignment: &mut Assignment) -> bool {
    let mut is_swapped = false;
    for a in 0..assignment.by_case.len() {
        for b in a + 1..assignment.by_case.len() {
            let Some((with_a, with_b)) = assignment.by_case[a].zip(assignment.by_case[b]) else { continue };
            if with_a == with_b || !assignment.may_swap(costs, (a, b)) {
                continue;
            }
            if assignment.swapping(costs, (a, b)).is_some_and(|gain| gain < 0) {
                assignment.give(costs, a, with_b);
                assignment.give(costs, b, with_a);
                is_swapped = true;
            }
        }
    }
    is_swapped
}
