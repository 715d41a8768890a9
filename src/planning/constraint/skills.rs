//! Skills: somebody in the crew has each skill that the visit asks for.

use crate::planning::snapshot::OnDuty;

/// The officers who hold a skill, by their places in the list.
#[must_use]
pub fn holders(officers: &[OnDuty], skill: &str) -> Vec<usize> {
    let holds = |officer: &OnDuty| officer.skills.iter().any(|held| held == skill);
    officers.iter().enumerate().filter(|(_, officer)| holds(officer)).map(|(at, _)| at).collect()
}

/// True when for each skill asked for, of which these are the holders, one is in the crew.
#[must_use]
pub fn are_held(holders: &[Vec<usize>], crew: &[usize]) -> bool {
    holders.iter().all(|who| crew.iter().any(|officer| who.contains(officer)))
}
