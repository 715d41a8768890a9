//! Annealing: a schedule that is worse is kept now and then, less and less as the search goes on.

use rand::RngExt;
use rand_pcg::Pcg64;

use super::cost::Cost;
use super::solution::Solution;

/// How often the temperature is halved over a search: from about the road to a visit to a hundredth of it.
const HALVINGS: u32 = 7;

/// How fast a search cools, scaled to its problem.
#[derive(Debug, Clone, Copy)]
pub struct Cooling {
    /// The road that a visit costs on average, in seconds.
    road: u64,
    iterations: u32,
}

impl Cooling {
    /// Of a search that begins with a schedule of so much road.
    #[must_use]
    pub fn of(travel: u64, solution: &Solution, iterations: u32) -> Self {
        let visits = solution.chains.iter().map(Vec::len).sum::<usize>().max(1);
        Self { road: (travel / u64::try_from(visits).unwrap_or(u64::MAX)).max(1), iterations }
    }

    /// True when a schedule is kept in the place of another: always where it is better, else by chance. A day late weighs as
    /// the road to a visit here; what is best is strict.
    pub fn keeps(self, trial: Cost, current: Cost, iteration: u32, chance: &mut Pcg64) -> bool {
        if trial <= current {
            return true;
        }
        // What is gained elsewhere never pays for a day late.
        let later = trial.late.saturating_sub(current.late).saturating_mul(self.road);
        let worse = later.saturating_add(trial.soft.saturating_sub(current.soft));
        worse <= self.temperature(iteration).saturating_mul(exponential(chance.random())) / ONE
    }

    fn temperature(self, iteration: u32) -> u64 {
        let (done, all) = (u64::from(iteration) * u64::from(HALVINGS), u64::from(self.iterations.max(1)));
        let (halved, part) = (done / all, done % all);
        let begin = self.road >> halved;
        begin - begin * part / (2 * all)
    }
}

/// One, in the fixed-point numbers of [`exponential`].
const ONE: u64 = 1 << 10;

/// The natural logarithm of 2, in those numbers.
const LN_2: u64 = 710;

/// A number with the exponential distribution of mean one, in whole 1,024ths: the logarithm of a uniform one, taken as
/// straight between the powers of two. No floating point, so that every machine draws the same.
fn exponential(uniform: u64) -> u64 {
    let zeros = uniform.leading_zeros().min(53);
    let mantissa = (uniform << zeros << 1) >> 54;
    (u64::from(zeros) * ONE + (ONE - mantissa)) * LN_2 / ONE
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn what_is_drawn_has_the_mean_and_the_tail_of_the_exponential_distribution() {
        let mut chance = Pcg64::seed_from_u64(7);
        let drawn: Vec<u64> = (0..100_000).map(|_| exponential(chance.random())).collect();
        let mean = drawn.iter().sum::<u64>() / 100_000;
        assert!((980..1_100).contains(&mean), "{mean}");
        let beyond = drawn.iter().filter(|number| **number > 3 * ONE).count();
        assert!((4_000..6_500).contains(&beyond), "5 % lie beyond three times the mean: {beyond}");
    }

    #[test]
    fn the_temperature_falls_and_never_rises() {
        let cooling = Cooling { road: 900, iterations: 1_000 };
        let temperatures: Vec<u64> = (0..1_000).map(|iteration| cooling.temperature(iteration)).collect();
        assert_eq!((temperatures[0], temperatures[999] < 9), (900, true));
        assert!(temperatures.is_sorted_by(|a, b| a >= b));
    }

    #[test]
    fn what_is_better_is_always_kept_and_what_is_much_worse_never() {
        let cooling = Cooling { road: 600, iterations: 1_000 };
        let mut chance = Pcg64::seed_from_u64(7);
        let cost = |late, soft| Cost { late, soft };
        for iteration in [0, 500, 999] {
            assert!(cooling.keeps(cost(3, 10), cost(3, 11), iteration, &mut chance));
            assert!(cooling.keeps(cost(2, 10_000), cost(3, 11), iteration, &mut chance));
            assert!(!cooling.keeps(cost(3, 1_000_000), cost(3, 11), iteration, &mut chance));
            assert!(
                !cooling.keeps(cost(30, 0), cost(3, 1_000_000), iteration, &mut chance),
                "no road pays for lateness"
            );
        }
    }
}
