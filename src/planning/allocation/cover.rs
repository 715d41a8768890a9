//! Finding a manager for as many cases as the limits allow, the highest risk first.
//!
//! Each case in turn goes to whom it costs least; where everybody whom it admits is at their limit, cases given out before
//! are passed on along a chain until somebody with room takes one (augmenting paths; Kuhn 1955). So a case is left without a manager
//! only where no other way of giving out these cases has room for it beside all that come before it.

use std::collections::VecDeque;

use super::assignment::Assignment;
use super::cost::Costs;

/// An assignment of every case that can have a manager.
#[must_use]
pub fn cover(costs: &Costs<'_>) -> Assignment {
    let mut assignment = Assignment::none(costs.question);
    for case in 0..costs.question.cases.len() {
        match cheapest(costs, &assignment, case) {
            Some(manager) => assignment.give(costs, case, manager),
            None => make_room(costs, &mut assignment, case),
        }
    }
    assignment
}

/// The manager with room whom a case costs least; of several the first.
fn cheapest(costs: &Costs<'_>, assignment: &Assignment, case: usize) -> Option<usize> {
    let with_room = costs.admitted(case).filter(|manager| assignment.has_room(costs, case, *manager));
    with_room.min_by_key(|manager| assignment.taking(costs, case, *manager))
}

/// Passes cases on along the shortest chain that ends with somebody who has room, so that this one has a manager; nothing
/// changes where there is no such chain.
fn make_room(costs: &Costs<'_>, assignment: &mut Assignment, case: usize) {
    // By manager: the case that would come to them.
    let mut comes: Vec<Option<usize>> = vec![None; costs.question.managers.len()];
    let mut waiting = VecDeque::new();
    for manager in costs.admitted(case) {
        comes[manager] = Some(case);
        waiting.push_back(manager);
    }
    while let Some(manager) = waiting.pop_front() {
        let Some(coming) = comes[manager] else { continue };
        if assignment.has_room(costs, coming, manager) {
            pass_on(costs, assignment, &comes, manager);
            return;
        }
        for (held, by) in assignment.by_case.iter().enumerate() {
            if *by != Some(manager) || !costs.question.cases[held].facts.in_community {
                continue;
            }
            for to in costs.admitted(held) {
                if comes[to].is_none() {
                    comes[to] = Some(held);
                    waiting.push_back(to);
                }
            }
        }
    }
}

/// Passes cases on, from the end of the chain to its beginning.
fn pass_on(costs: &Costs<'_>, assignment: &mut Assignment, comes: &[Option<usize>], last: usize) {
    let mut manager = Some(last);
    while let Some((to, case)) = manager.and_then(|to| Some((to, comes[to]?))) {
        manager = assignment.by_case[case];
        assignment.give(costs, case, to);
    }
}
