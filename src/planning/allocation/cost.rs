//! What speaks against a manager for a case, in whole numbers: kilometres, not knowing the case, skills that are missing; and
//! how unevenly work is spread: the square of each manager's workload against their capacity, which is least where everybody has
//! what is their part.

use super::manager::{Holding, Manager};
use super::question::{OpenCase, Question};
use crate::planning::travel::metres_between;

/// The costs of one point of policy: a workload is reckoned in hundredths, and its square in the squares of these.
pub(super) const POINT: i64 = 100 * 100;

/// To how many metres distances are told and reckoned.
const METRES_EXACT: u32 = 100;

/// What is known of one case and one manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// From the home to the manager's nearest cases, in metres; not known where empty.
    pub metres: Option<u32>,
    /// Whether the manager has managed the case before.
    pub is_earlier_manager: bool,
    /// How many of the skills asked for the manager has not.
    pub skills_missing: u32,
    /// What of this speaks against the manager; the distance where it is not known is the mean of the other managers'.
    pub cost: Parts,
}

/// What speaks against managers, part by part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Parts {
    /// Kilometres.
    pub distance: i64,
    /// Not knowing the case.
    pub continuity: i64,
    /// Skills that are missing.
    pub skills: i64,
}

impl Parts {
    /// All of it.
    #[must_use]
    pub const fn total(self) -> i64 {
        self.distance + self.continuity + self.skills
    }
}

/// What a question's cases and managers are to each other.
#[derive(Debug)]
pub struct Costs<'a> {
    /// The question.
    pub question: &'a Question,
    /// By case and manager; nothing where the case shuts the manager out.
    pairs: Vec<Vec<Option<Pair>>>,
    /// What each case adds to whoever takes it.
    adds: Vec<Holding>,
}

impl<'a> Costs<'a> {
    /// Reckons a question through.
    #[must_use]
    pub fn of(question: &'a Question) -> Self {
        let pairs = question.cases.iter().map(|case| pairs(question, case)).collect();
        let part = question.settings.elsewhere_percent;
        let adds =
            question.cases.iter().map(|case| Holding::one(case.facts.weight, case.facts.in_community, part)).collect();
        Self { question, pairs, adds }
    }

    /// A case and a manager; nothing where the case shuts the manager out.
    #[must_use]
    pub fn pair(&self, case: usize, manager: usize) -> Option<&Pair> {
        self.pairs[case][manager].as_ref()
    }

    /// What a case adds to whoever takes it.
    #[must_use]
    pub fn adds(&self, case: usize) -> Holding {
        self.adds[case]
    }

    /// The managers whom a case admits.
    pub fn admitted(&self, case: usize) -> impl Iterator<Item = usize> {
        let pairs = self.pairs[case].iter().enumerate();
        pairs.filter(|(_, pair)| pair.is_some()).map(|(manager, _)| manager)
    }

    /// How uneven it is that a manager has so much.
    #[must_use]
    pub fn unevenness(&self, manager: usize, burden: u32) -> i64 {
        let burden = i64::from(burden);
        burden.saturating_mul(burden).saturating_mul(100)
            / i64::from(self.question.managers[manager].capacity_percent.max(1))
    }
}

fn pairs(question: &Question, case: &OpenCase) -> Vec<Option<Pair>> {
    let costs = question.settings.costs;
    let admits = |manager: &&Manager| !case.shut_out.contains(&manager.officer_ref);
    let metres = |manager: &Manager| metres(case, manager, question.settings.nearest_cases);
    let known: Vec<u32> = question.managers.iter().filter(admits).filter_map(metres).collect();
    let pair = |manager: &Manager| {
        let metres = metres(manager);
        let is_earlier_manager = case.earlier.contains(&manager.officer_ref);
        let missing = case.skills.iter().filter(|skill| !manager.skills.contains(skill)).count();
        let skills_missing = u32::try_from(missing).unwrap_or(u32::MAX);
        let reckoned = i64::from(metres.or_else(|| mean(&known)).unwrap_or_default());
        let cost = Parts {
            distance: reckoned * i64::from(costs.kilometre) * POINT / 1_000,
            continuity: i64::from(costs.not_earlier_manager) * POINT * i64::from(!is_earlier_manager),
            skills: i64::from(costs.skill_missing) * POINT * i64::from(skills_missing),
        };
        Pair { metres, is_earlier_manager, skills_missing, cost }
    };
    question.managers.iter().map(|manager| admits(&manager).then(|| pair(manager))).collect()
}

/// From a case's home to the nearest of a manager's: the mean of so many, to the nearest hundred metres.
fn metres(case: &OpenCase, manager: &Manager, nearest: usize) -> Option<u32> {
    let home = case.home?;
    let mut distances: Vec<u32> = manager.homes.iter().map(|other| metres_between(home, *other)).collect();
    distances.sort_unstable();
    distances.truncate(nearest.max(1));
    mean(&distances)
}

fn mean(metres: &[u32]) -> Option<u32> {
    let count = u64::try_from(metres.len()).ok()?;
    let mean = metres.iter().copied().map(u64::from).sum::<u64>().checked_div(count)?;
    let exact = u64::from(METRES_EXACT);
    u32::try_from((mean + exact / 2) / exact * exact).ok()
}
